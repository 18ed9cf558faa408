import type { OnnxRuntime, Session } from './loadRuntime';

/**
 * The same runtime, which starts nothing while a session of it is being made, run or released. On WebGPU a
 * run waits for the GPU halfway, with its WebAssembly suspended, and does not survive another one that is
 * begun meanwhile: measured, it never ends (JSPI, software adapter) or fails (asyncify, and JSPI on NVIDIA).
 */
export function oneAtATime(runtime: OnnxRuntime): OnnxRuntime {
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = tail.then(work);
    tail = turn.catch(() => undefined);
    return turn;
  };
  const queued = (session: Session): Session => ({
    run: (feeds, outputs) => inTurn(() => session.run(feeds, outputs)),
    release: () => inTurn(() => session.release()),
  });
  return {
    ...runtime,
    InferenceSession: {
      create: (model, options) =>
        inTurn(async () => queued(await runtime.InferenceSession.create(model, options))),
    },
  };
}
