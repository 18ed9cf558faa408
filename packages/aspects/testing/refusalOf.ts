import { Refusal } from '../src/base/refusal';

/** The refusal that a call throws; undefined where it returns. Other errors pass through. */
export function refusalOf(call: () => unknown): Refusal | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) {
      return error;
    }
    throw error;
  }
}
