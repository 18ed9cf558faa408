import { once } from 'node:events';
import type { CommandHost } from '../commandHost';
import { EXIT } from '../exitStatus';
import { parseWorkerArguments } from './serveArguments';
import { openWorkplace } from './workplace';

/** `deep-aspects worker`: takes studies from a queue until it is told to stop. */
export async function workerCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseWorkerArguments(argv, host.environment, host.defaultModels);
  const place = await openWorkplace(args, host, { archive: args.url, trouble: () => undefined });
  place.log.info({ workers: args.workers }, 'working');
  if (!host.stop.aborted) {
    await once(host.stop, 'abort');
  }
  place.log.info({}, 'stopping: jobs in progress are ended first');
  await place.close();
  return EXIT.done;
}
