/** Which (adapter, network, runtime) triples have passed or failed the self-test in this browser. */
export interface ParityMemory {
  recall(key: string): Promise<boolean | undefined>;
  remember(key: string, agrees: boolean): Promise<void>;
}

const CACHE_NAME = 'deep-aspects-self-tests';

/** Names what a self-test's outcome depends on: another driver, model or runtime is another test. */
export function parityKey(adapter: string, sha256: string, runtimeVersion: string): string {
  const parts = [adapter, sha256, runtimeVersion].map(encodeURIComponent);
  return `https://deep-aspects.invalid/self-tests/${parts.join('/')}`;
}

const OUTCOMES: ReadonlyMap<string, boolean> = new Map([
  ['agrees', true],
  ['differs', false],
]);

/** Kept in Cache Storage, like the models; without it the test is simply run again on the next visit. */
export function openParityMemory(storage: CacheStorage | undefined = globalThis.caches): ParityMemory {
  return {
    async recall(key) {
      try {
        const kept = await (await storage?.open(CACHE_NAME))?.match(key);
        return kept && OUTCOMES.get(await kept.text());
      } catch {
        return undefined;
      }
    },
    async remember(key, agrees) {
      try {
        await (await storage?.open(CACHE_NAME))?.put(key, new Response(agrees ? 'agrees' : 'differs'));
      } catch {
        // Full or forbidden storage: the next visit tests again.
      }
    },
  };
}
