/**
 * Resolves in a task of its own, so that input, painting and messages come first. By a message, since
 * `setTimeout` adds 4 ms to each of many turns; by `setTimeout` where there are no message channels.
 */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
