import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What `deep-aspects serve` logs, as far as it is told here. */
interface LogLine {
  /** Of the status page, once it listens. */
  readonly port?: number;
  readonly study?: string;
  readonly outcome?: string;
  readonly score?: number;
  readonly side?: string;
  readonly code?: string;
}

/**
 * Has the command line score what the store holds and will hold, as a site's server would:
 * `deep-aspects serve` in a process of its own, which ends with this one.
 *
 * @param program `cli/bin/deep-aspects.mjs`
 * @param dicomWeb root of the store's DICOMweb service
 * @param onStatusPage is told the address of its status page once there is one
 */
export function scoreOnArrival(
  program: string,
  dicomWeb: string,
  { say, onStatusPage }: { say: (line: string) => void; onStatusPage: (address: string) => void }
): void {
  const options = [
    '--dicomweb',
    dicomWeb,
    '--since',
    '1900-01-01',
    '--workers',
    '1',
    '--settle',
    '2',
    '--poll',
    '5',
    '--listen',
    '0',
  ];
  const server = spawn(process.execPath, [program, 'serve', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  server.once('error', error => say(`Studies are not scored by themselves: ${error.message}`));
  createInterface({ input: server.stdout }).on('line', line => {
    const { port } = parseLog(line);
    if (port !== undefined) {
      onStatusPage(`http://127.0.0.1:${port}`);
    }
    const told = outcomeWords(line);
    if (told) {
      say(told);
    }
  });
  process.once('exit', () => server.kill());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(0));
  }
}

/** A sentence of a line that tells of a study; undefined for any other line. */
export function outcomeWords(line: string): string | undefined {
  const { study, outcome, score, side, code } = parseLog(line);
  if (outcome === 'scored') {
    return `Scored by itself: ASPECTS ${score}${side === 'none' ? '' : ` ${side}`} (study ${study})`;
  }
  return outcome === 'refused' ? `Not scored: ${code} (study ${study})` : undefined;
}

function parseLog(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
