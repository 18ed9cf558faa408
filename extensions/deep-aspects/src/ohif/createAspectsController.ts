import type { AspectsEngine } from '../inference/aspectsEngine';
import type { AspectsController } from '../session/aspectsController';
import { AspectsSession } from '../session/aspectsSession';
import { createIndexedDbDraftStore } from '../session/drafts/indexedDbDraftStore';
import { connectOhif } from './host/connectOhif';
import type { OhifManagers } from './host/managers';
import { createReportActions, type ReportActionsOptions } from './reportActions';

export interface AspectsControllerOptions {
  readonly managers: OhifManagers;
  /** Called at the first use, so that a viewer without the panel starts no worker. */
  readonly createEngine: () => AspectsEngine;
  readonly report: ReportActionsOptions;
  readonly readsAhead: boolean;
}

/** Makes the controller of a running OHIF; called once, in `preRegistration`. */
export function createAspectsController({
  managers,
  createEngine,
  report,
  readsAhead,
}: AspectsControllerOptions): AspectsController {
  return new AspectsSession({
    viewer: connectOhif(managers),
    drafts: createIndexedDbDraftStore(),
    report: createReportActions(managers, report),
    createEngine,
    readsAhead,
  });
}
