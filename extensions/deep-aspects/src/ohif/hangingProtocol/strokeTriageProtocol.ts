import { IS_PLAIN_BRAIN_SERIES } from './isPlainBrainSeries';

export const PROTOCOL_ID = 'deep-aspects-stroke-triage';

/** Stages of the protocol by name; `setHangingProtocol({ protocolId, stageId })` changes between them. */
export const STAGES = { reading: 'reading', result: 'result' } as const;

export const VIEWPORTS = {
  stroke: 'aspects-stroke',
  brain: 'aspects-brain',
  ganglionic: 'aspects-ganglionic',
  supraganglionic: 'aspects-supraganglionic',
} as const;

/** Window centre and width, HU. The narrow window makes early ischaemic change visible. */
export const STROKE_WINDOW = { windowCenter: 40, windowWidth: 40 };
export const BRAIN_WINDOW = { windowCenter: 40, windowWidth: 80 };

interface Window {
  readonly windowCenter: number;
  readonly windowWidth: number;
}

/** A stack viewport: volumes would be refused for tilted or unevenly spaced series. */
function viewport(viewportId: string, voi: Window, synchronised: boolean) {
  const scroll = { type: 'imageSlice', id: 'aspects-scroll', source: true, target: true };
  return {
    viewportOptions: {
      viewportId,
      viewportType: 'stack',
      toolGroupId: 'default',
      allowUnmatchedView: true,
      initialImageOptions: { preset: 'middle' },
      ...(synchronised ? { syncGroups: [scroll] } : {}),
    },
    displaySets: [{ id: 'plainBrain', options: { voi } }],
  };
}

const stroke = () => viewport(VIEWPORTS.stroke, STROKE_WINDOW, true);
const brain = () => viewport(VIEWPORTS.brain, BRAIN_WINDOW, true);

function grid(rows: number, columns: number) {
  return { layoutType: 'grid', properties: { rows, columns } };
}

/** The stroke window beside the brain window; after a result the two ASPECTS levels below them. */
export const strokeTriageProtocol = {
  id: PROTOCOL_ID,
  name: 'Stroke triage',
  description: 'Plain brain series in a stroke and a brain window; ASPECTS levels after a result',
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
    { id: STAGES.reading, name: 'Reading', viewportStructure: grid(1, 2), viewports: [stroke(), brain()] },
    {
      id: STAGES.result,
      name: 'ASPECTS levels',
      viewportStructure: grid(2, 2),
      viewports: [
        stroke(),
        brain(),
        viewport(VIEWPORTS.ganglionic, STROKE_WINDOW, false),
        viewport(VIEWPORTS.supraganglionic, STROKE_WINDOW, false),
      ],
    },
  ],
  numberOfPriorsReferenced: -1,
};
