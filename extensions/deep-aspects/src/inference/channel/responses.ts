import type { Progress } from '@deep-aspects/aspects/scoring';
import { Refusal, type RefusalCode } from '@deep-aspects/aspects/series';
import { asRecoverableFailure, type FailureKind } from '../runtime/recoverableFailure';

/**
 * What a worker says. Every request with an id is answered once, by `done`, `refused` or `failed`.
 *
 * @typeParam Value what requests are answered with
 */
export type WorkerResponse<Value> =
  /** The script runs; sent once, before anything was asked. */
  | { readonly type: 'started' }
  /** The life lock is held: from now on its release means that the worker is gone. */
  | { readonly type: 'alive' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'done'; readonly id: number; readonly value: Value }
  | {
      readonly type: 'refused';
      readonly id: number;
      readonly code: RefusalCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    }
  /**
   * The machine failed, not the input; without an id when it happened between requests (a lost GPU device).
   */
  | { readonly type: 'failed'; readonly id?: number; readonly kind: FailureKind; readonly message: string };

/** How a worker answers a request that threw. */
export function errorResponse(id: number, error: unknown): WorkerResponse<never> {
  if (error instanceof Refusal) {
    const { code, message, details } = error;
    return { type: 'refused', id, code, message, details };
  }
  const { kind, message } = asRecoverableFailure(error);
  return { type: 'failed', id, kind, message };
}
