import type { Level } from '@deep-aspects/aspects/scoring';
import { IS_PLAIN_BRAIN_SERIES } from './isPlainBrainSeries';

export const PROTOCOL_ID = 'deep-aspects-stroke-triage';

/** Stages of the protocol by name; `setHangingProtocol({ protocolId, stageId })` changes between them. */
export const STAGES = { reading: 'reading', result: 'result' } as const;

export const VIEWPORTS = {
  stroke: 'aspects-stroke',
  brain: 'aspects-brain',
  ganglionicPlain: 'aspects-ganglionic-plain',
  ganglionic: 'aspects-ganglionic',
  supraganglionicPlain: 'aspects-supraganglionic-plain',
  supraganglionic: 'aspects-supraganglionic',
} as const;

/** The viewports of each level after a result: above without overlay, below with it. */
export const LEVEL_VIEWPORTS: Readonly<Record<Level, readonly [string, string]>> = {
  ganglionic: [VIEWPORTS.ganglionicPlain, VIEWPORTS.ganglionic],
  supraganglionic: [VIEWPORTS.supraganglionicPlain, VIEWPORTS.supraganglionic],
};

/** The level that a viewport is for; undefined for all others. */
export function levelOf(viewportId: string): Level | undefined {
  return (Object.keys(LEVEL_VIEWPORTS) as Level[]).find(level => LEVEL_VIEWPORTS[level].includes(viewportId));
}

/** The upper viewports stay bare: early signs are looked for there. */
export function hasOverlay(viewportId: string): boolean {
  return viewportId !== VIEWPORTS.ganglionicPlain && viewportId !== VIEWPORTS.supraganglionicPlain;
}

/** Window centre and width, HU. The narrow window makes early ischaemic change visible. */
export const STROKE_WINDOW = { windowCenter: 40, windowWidth: 40 };
const BRAIN_WINDOW = { windowCenter: 40, windowWidth: 80 };

interface Window {
  readonly windowCenter: number;
  readonly windowWidth: number;
}

/**
 * A stack viewport: volumes would be refused for tilted or unevenly spaced series. Those of a group
 * scroll together.
 */
function viewport(viewportId: string, voi: Window, scrollGroup: string) {
  return {
    viewportOptions: {
      viewportId,
      viewportType: 'stack',
      toolGroupId: 'default',
      allowUnmatchedView: true,
      initialImageOptions: { preset: 'middle' },
      syncGroups: [{ type: 'imageSlice', id: scrollGroup, source: true, target: true }],
    },
    displaySets: [{ id: 'plainBrain', options: { voi } }],
  };
}

const levelViewport = (row: 0 | 1, level: Level) =>
  viewport(LEVEL_VIEWPORTS[level][row], STROKE_WINDOW, `aspects-scroll-${level}`);

function grid(rows: number, columns: number) {
  return { layoutType: 'grid', properties: { rows, columns } };
}

/** The stroke window and the brain window side by side; after a result a column for each ASPECTS level. */
export const strokeTriageProtocol = {
  id: PROTOCOL_ID,
  name: 'Stroke triage',
  description:
    'Plain brain series in a stroke and a brain window; after a result both ASPECTS levels, each without and with overlay',
  icon: 'layout-common-1x2',
  isPreset: true,
  locked: true,
  availableTo: {},
  editableBy: {},
  toolGroupIds: ['default'],
  imageLoadStrategy: 'interleaveTopToBottom',
  protocolMatchingRules: [
    { id: 'has-ct', weight: 1, attribute: 'ModalitiesInStudy', constraint: { contains: ['CT'] } },
  ],
  displaySetSelectors: {
    plainBrain: {
      // Not required: a reader may put any other series into these viewports.
      seriesMatchingRules: [
        {
          id: 'plain-brain',
          weight: 1,
          attribute: IS_PLAIN_BRAIN_SERIES,
          // Between the two values: the host's `greaterThan` is satisfied by equality.
          constraint: { greaterThan: { value: 0.5 } },
        },
      ],
    },
  },
  defaultViewport: {
    viewportOptions: { viewportType: 'stack', toolGroupId: 'default', allowUnmatchedView: true },
    displaySets: [{ id: 'plainBrain', matchedDisplaySetsIndex: -1 }],
  },
  stages: [
    {
      id: STAGES.reading,
      name: 'Reading',
      viewportStructure: grid(1, 2),
      viewports: [
        viewport(VIEWPORTS.stroke, STROKE_WINDOW, 'aspects-scroll'),
        viewport(VIEWPORTS.brain, BRAIN_WINDOW, 'aspects-scroll'),
      ],
    },
    {
      id: STAGES.result,
      name: 'ASPECTS levels',
      viewportStructure: grid(2, 2),
      // Row by row: a column a level.
      viewports: [
        levelViewport(0, 'ganglionic'),
        levelViewport(0, 'supraganglionic'),
        levelViewport(1, 'ganglionic'),
        levelViewport(1, 'supraganglionic'),
      ],
    },
  ],
  numberOfPriorsReferenced: -1,
};
