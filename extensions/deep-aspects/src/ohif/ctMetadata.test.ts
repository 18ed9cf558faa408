import { ctMetadataOf } from './ctMetadata';
import type { Cornerstone } from './host/cornerstone';

const cornerstone = (attributes: object): Cornerstone =>
  ({ metaData: { get: () => attributes } }) as unknown as Cornerstone;

it('names a slice by its SOP Instance UID', () => {
  const single = cornerstone({ SOPInstanceUID: '1.2.3', NumberOfFrames: 1, InstanceNumber: 7 });
  expect(ctMetadataOf(single, 'wadors:http://pacs/instances/1.2.3/frames/1')).toMatchObject({
    sopInstanceUID: '1.2.3',
    instanceNumber: 7,
  });
});

it.each([
  [[{ CodeMeaning: 'Iohexol' }], 'Iohexol'],
  [{ CodeMeaning: 'Iohexol' }, 'Iohexol'],
  [[{}], 'agent without a name'],
  [[], undefined],
  [undefined, undefined],
])('knows a contrast agent that is named by a code: %j', (ContrastBolusAgentSequence, agent) => {
  expect(ctMetadataOf(cornerstone({ ContrastBolusAgentSequence }), 'id').contrastBolusAgent).toBe(agent);
});

it.each(['wadors:http://pacs/instances/1.2.3/frames/12', 'dicomweb:http://pacs?uid=1.2.3&frame=12'])(
  'tells the frames of a multi-frame instance apart: %s',
  imageId => {
    const many = cornerstone({ SOPInstanceUID: '1.2.3', NumberOfFrames: 28 });
    expect(ctMetadataOf(many, imageId).sopInstanceUID).toBe('1.2.3#12');
  }
);
