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

/** Reports go to standard output, refusals and failures as `code: message` to standard error (docs/cli.md). */
export function printOutcome(
  outcome: Outcome,
  host: CommandHost,
  { quiet, brief, name }: PrintOptions
): void {
  if (outcome.kind !== 'scored') {
    const where = brief && name ? ` [${name}]` : '';
    host.stderr.write(`${outcome.error.code}: ${outcome.error.message}${where}\n`);
    return;
  }
  if (quiet) {
    return;
  }
  const { result } = outcome;
  host.stdout.write(
    brief
      ? `${name}: ASPECTS ${result.score} (${result.affectedSide}), infarct ${result.infarct.volumeMl.toFixed(1)} ml\n`
      : readableReport(result)
  );
}
