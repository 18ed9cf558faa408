import { axialStack } from './buildHeadCtSeries';
import type { CtInstanceMetadata } from './ctInstance';
import { descriptionOf, describesContrast, describesSpectral, hasContrastAgent } from './description';
import { kernelKind, type KernelKind } from './kernel';
import { Refusal } from '../base/refusal';
import { sliceDistances } from './sliceGeometry';
import type { SliceStack } from './stackSlices';
import { median } from './statistics';

/** A series of the study as far as metadata tell, and how well it suits. */
export interface SeriesRanking {
  readonly seriesInstanceUID: string;
  /** Higher suits better; only fit series have one. */
  readonly suitability?: number;
  /** Why it is unfit. */
  readonly refusal?: Refusal;
}

/** Head in the scanner, about; shorter coverage misses a level. */
const WANTED_COVERAGE_MM = 100;
/** Outweighs everything else: a contrast phase is the last choice. */
const CONTRAST_POINTS = -250;
/** One energy or material: after every plain series, before contrast. */
const SPECTRAL_POINTS = -200;
const KERNEL_POINTS: Readonly<Record<KernelKind, number>> = { soft: 20, unknown: 0, sharp: -40 };
const DERIVED_POINTS = -10;
const HEAD_POINTS = 15;
const ELSEWHERE_POINTS = -30;
const STRAY_SLICES_POINTS = -10;
const HEAD = /\b(head|brain|skull|kopf|hirn|schaedel|crane|crâne|cranio|cerebr\w*|neuro|hct|ncct|cct)\b/i;
const ELSEWHERE =
  /\b(neck|chest|thorax|abdomen|pelvis|spine|sinus|orbit\w*|facial|temporal|cardiac|leg|hals|lung)\b/i;
const VESSELS = /(\bcta\b|angio|perfusion|\bctp\b|venogra|\bmip\b|\bvrt?\b|3d)/i;

/** Whether a description names the head, or brain. */
export function describesHead(text: string): boolean {
  return HEAD.test(text);
}

/** Whether a description names another part of the body, or a part of the head that is not the brain. */
export function describesElsewhere(text: string): boolean {
  return ELSEWHERE.test(text);
}

/**
 * Ranks the series of a study, best first, unfit ones last. Best is an axial, original, plain, soft-tissue
 * series of 4-6 mm that covers the head; never a localizer or a capture; a sharp or thin reconstruction only
 * if there is nothing better.
 *
 * @param series the instances' metadata, grouped by series.
 */
export function chooseSeries(series: readonly (readonly CtInstanceMetadata[])[]): SeriesRanking[] {
  return series
    .filter(instances => instances.length > 0)
    .map(rankOne)
    .sort(
      (a, b) =>
        (b.suitability ?? -Infinity) - (a.suitability ?? -Infinity) ||
        (a.seriesInstanceUID < b.seriesInstanceUID ? -1 : 1)
    );
}

function rankOne(instances: readonly CtInstanceMetadata[]): SeriesRanking {
  const { seriesInstanceUID } = instances[0];
  try {
    const stack = axialStack(instances);
    if (stack.instances.length < 2) {
      throw new Refusal('TOO_FEW_SLICES', 'The series has a single axial slice. Choose the whole head CT.', {
        slices: 1,
      });
    }
    return { seriesInstanceUID, suitability: suitabilityOf(stack) };
  } catch (error) {
    if (error instanceof Refusal) {
      return { seriesInstanceUID, refusal: error };
    }
    throw error;
  }
}

function suitabilityOf(stack: SliceStack<CtInstanceMetadata>): number {
  const first = stack.instances[0];
  const description = descriptionOf(first);
  const types = (first.imageType ?? []).map(type => type.toUpperCase());
  const text = `${description} ${first.bodyPartExamined ?? ''}`;
  const kernel = kernelKind(first.convolutionKernel, description);
  return (
    thicknessPoints(stack) +
    coveragePoints(stack) +
    KERNEL_POINTS[kernel] +
    (hasContrastAgent(first) || describesContrast(first) || VESSELS.test(description) ? CONTRAST_POINTS : 0) +
    (describesSpectral(first) ? SPECTRAL_POINTS : 0) +
    (types.includes('DERIVED') ? DERIVED_POINTS : 0) +
    (describesHead(text) ? HEAD_POINTS : 0) +
    (describesElsewhere(text) ? ELSEWHERE_POINTS : 0) +
    (stack.strayCount > 0 ? STRAY_SLICES_POINTS : 0)
  );
}

/** Best at 4-6 mm; thinner series carry the same information with more noise, thicker ones carry less. */
function thicknessPoints(stack: SliceStack<CtInstanceMetadata>): number {
  const distance = median(sliceDistances(stack.planeOffsetsMm));
  if (distance >= 3.9 && distance <= 6.1) {
    return 40;
  }
  return distance < 3.9 ? 12 + distance * 5 : Math.max(-30, 40 - 10 * (distance - 6));
}

function coveragePoints(stack: SliceStack<CtInstanceMetadata>): number {
  const offsets = stack.planeOffsetsMm;
  const coverage = offsets[offsets.length - 1] - offsets[0];
  return 40 * Math.min(1, coverage / WANTED_COVERAGE_MM);
}
