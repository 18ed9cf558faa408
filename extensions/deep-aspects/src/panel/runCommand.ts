import type { createCommands } from '../session/commands';

type Commands = ReturnType<typeof createCommands>['actions'];

/** Runs a command of context `DEEP_ASPECTS`: the only way in which the panel acts. */
export type RunCommand = <Name extends keyof Commands>(
  name: Name,
  ...options: Parameters<Commands[Name]>
) => void;
