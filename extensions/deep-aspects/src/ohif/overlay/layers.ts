import { segLabel, segmentOfInfarctClass } from '@deep-aspects/aspects/report';
import { segmentLabel } from '@deep-aspects/aspects/scoring';
import type { Rgba } from '../host/services';
import { INFARCT_COLOURS, SEGMENT_COLOURS } from './labelmapColours';

/** One of the two segmentations that are drawn over a series. */
export interface Layer {
  readonly name: 'regions' | 'infarct';
  readonly label: string;
  /** By segment index. */
  readonly colours: ReadonlyMap<number, Rgba>;
  readonly segmentLabel: (segmentIndex: number) => string;
}

export const REGIONS: Layer = {
  name: 'regions',
  label: 'ASPECTS regions',
  colours: SEGMENT_COLOURS,
  segmentLabel,
};

export const INFARCT: Layer = {
  name: 'infarct',
  label: 'Infarct',
  colours: INFARCT_COLOURS,
  segmentLabel: index => segLabel(segmentOfInfarctClass(index)),
};

/** In drawing order: the infarct lies on top. */
export const LAYERS: readonly Layer[] = [REGIONS, INFARCT];

const ID_PREFIX = 'deep-aspects-';

/** One segmentation a layer and series, so that a second result for the series replaces the first. */
export function segmentationIdOf(layer: Layer, displaySetInstanceUID: string): string {
  return `${ID_PREFIX}${layer.name}-${displaySetInstanceUID}`;
}

/** Whether a segmentation, or what the host draws of it and names after it, is one of ours. */
export function isLayerId(id: string): boolean {
  return id.startsWith(ID_PREFIX);
}

/** The layer's colours as cornerstone wants them: a list by segment index, 0 being nothing. */
export function colourTable(layer: Layer): number[][] {
  const table = [[0, 0, 0, 0]];
  layer.colours.forEach((colour, index) => (table[index] = [...colour]));
  return table;
}
