import pino, { type Logger } from 'pino';
import type { TextOutput } from '../output/textOutput';

export type ServiceLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** JSON lines. Studies are named by their UID; nothing of the patient is ever logged. */
export function serviceLog(output: TextOutput): ServiceLog {
  return pino(
    { base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void output.write(line) }
  );
}
