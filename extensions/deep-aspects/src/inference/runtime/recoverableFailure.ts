/** What broke the runtime; the computation can be repeated on a safer one. */
export type FailureKind = 'gpu-unusable' | 'device-lost' | 'out-of-memory' | 'worker-died' | 'crash';

/**
 * A failure of the machine or the runtime, not of the input: a reason to try once more elsewhere,
 * not to refuse.
 */
export class RecoverableFailure extends Error {
  override readonly name = 'RecoverableFailure';

  constructor(
    readonly kind: FailureKind,
    message: string
  ) {
    super(message);
  }
}

const OUT_OF_MEMORY =
  /out of memory|\boom\b|bad_alloc|allocation fail|failed to allocate|could not allocate|array buffer alloc/i;
const DEVICE_LOST = /device (is |was )?lost|lost device|device.*destroyed|dxgi_error|vk_error_device_lost/i;

/** Sorts what a runtime or a browser threw, by the words that they use. */
export function asRecoverableFailure(error: unknown): RecoverableFailure {
  if (error instanceof RecoverableFailure) {
    return error;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (OUT_OF_MEMORY.test(message)) {
    return new RecoverableFailure('out-of-memory', message);
  }
  return new RecoverableFailure(DEVICE_LOST.test(message) ? 'device-lost' : 'crash', message);
}
