import { createHmac } from 'node:crypto';
import type { ArchiveOutcome } from '../archive/scoreArchiveStudy';

/** Where alerts go. */
export interface NotifySettings {
  readonly url: string;
  /** Signs the body: `X-Deep-Aspects-Signature: sha256=HEX`, HMAC-SHA-256. */
  readonly secret?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly pauseMs?: number;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;

/**
 * Tells of a scored study: its UID, score, side and whether a haemorrhage is suspected, and nothing
 * of the patient.
 * @throws Error where no attempt was answered with success: the result is in the archive all the same
 */
export async function notify(
  settings: NotifySettings,
  outcome: ArchiveOutcome & { kind: 'scored' }
): Promise<void> {
  const { result } = outcome;
  const body = JSON.stringify({
    event: 'scored',
    at: new Date().toISOString(),
    studyInstanceUID: result.series.studyInstanceUID,
    score: result.score,
    side: result.affectedSide,
    haemorrhageSuspected: result.warnings.some(({ code }) => code === 'HEMORRHAGE_SUSPECTED'),
  });
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) {
      await new Promise(resolve => setTimeout(resolve, settings.pauseMs ?? 1000));
    }
    try {
      const answer = await (settings.fetch ?? globalThis.fetch)(settings.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...signature(body, settings.secret) },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body?.cancel();
      if (answer.ok) {
        return;
      }
      reason = `HTTP ${answer.status}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`the alert was not taken: ${reason}`);
}

function signature(body: string, secret: string | undefined): Record<string, string> {
  if (secret === undefined) {
    return {};
  }
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { 'X-Deep-Aspects-Signature': `sha256=${digest}` };
}
