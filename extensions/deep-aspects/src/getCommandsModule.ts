import type { AspectsController } from './session/aspectsController';
import { createCommands } from './session/commands';

export default function getCommandsModule(controller: AspectsController) {
  return createCommands(controller);
}
