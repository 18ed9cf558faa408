import { id } from './id';
import { createStrokeTriageMode } from './strokeTriageMode';

const EXTENSIONS = {
  '@ohif/extension-default': '^3.11.0',
  '@ohif/extension-cornerstone': '^3.11.0',
  '@ohif/extension-cornerstone-dicom-seg': '^3.11.0',
  '@ohif/extension-cornerstone-dicom-sr': '^3.11.0',
  'ohif-extension-deep-aspects': '^0.1.0',
};

const mode = {
  id,
  modeFactory: () => createStrokeTriageMode(id, EXTENSIONS),
  extensionDependencies: EXTENSIONS,
};

export default mode;
