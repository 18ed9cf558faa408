import type { AspectsController } from './viewer/aspectsController';
import { createCommands } from './viewer/commands';

export default function getCommandsModule(controller: AspectsController) {
  return createCommands(controller);
}
