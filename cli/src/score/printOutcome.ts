import { isScoreSuspended } from '@deep-aspects/aspects/report';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import type { CommandHost } from '../commandHost';
import { readableReport } from './readableReport';
import type { Outcome } from './outcome';

export interface PrintOptions {
  /** Standard output holds JSON only. */
  readonly quiet: boolean;
  /** One line a study. */
  readonly brief: boolean;
  readonly name?: string;
}

/**
 * Reports go to standard output, refusals, failures (`code: message`) and notes to standard error
 * (docs/cli.md).
 */
export function printOutcome(outcome: Outcome, host: CommandHost, options: PrintOptions): void {
  const where = options.brief && options.name ? ` [${options.name}]` : '';
  if (outcome.kind !== 'scored') {
    host.stderr.writeLine(`${outcome.error.code}: ${outcome.error.message}${where}`);
  } else if (outcome.note) {
    host.stderr.writeLine(`note: ${outcome.note}${where}`);
  }
  if (outcome.result && !options.quiet) {
    printResult(outcome.result, host, options);
  }
}

function printResult(result: AspectsResult, host: CommandHost, { brief, name }: PrintOptions): void {
  if (brief) {
    const { score, affectedSide, infarct } = result;
    const reading = isScoreSuspended(result)
      ? 'haemorrhage suspected, ASPECTS does not apply'
      : `ASPECTS ${score} (${affectedSide})`;
    host.stdout.writeLine(`${name}: ${reading}, infarct ${infarct.volumeMl.toFixed(1)} ml`);
  } else {
    host.stdout.write(readableReport(result));
  }
}
