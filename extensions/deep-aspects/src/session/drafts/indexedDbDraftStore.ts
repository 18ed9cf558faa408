import { createMemoryDraftStore, type DraftStore, type StoredDraft } from './draftStore';

const DATABASE = 'deep-aspects';
const OBJECT_STORE = 'drafts';

function promiseOf<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'));
  });
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OBJECT_STORE, { keyPath: 'seriesInstanceUID' });
  };
  return promiseOf<IDBDatabase>(request);
}

/** Removes what has expired, so that a study read once leaves nothing behind for ever. */
async function removeExpired(database: IDBDatabase, now: number): Promise<void> {
  const store = database.transaction(OBJECT_STORE, 'readwrite').objectStore(OBJECT_STORE);
  const drafts = await promiseOf<StoredDraft[]>(store.getAll());
  drafts.filter(draft => draft.expiresAt <= now).forEach(draft => store.delete(draft.seriesInstanceUID));
}

/**
 * Drafts in IndexedDB: they survive a reload and a crash of the tab, and never leave this browser. Where
 * IndexedDB is missing or refused (private windows), drafts live in memory.
 */
export function createIndexedDbDraftStore(
  factory: IDBFactory | undefined = globalThis.indexedDB,
  now: () => number = Date.now
): DraftStore {
  const fallback = createMemoryDraftStore(now);
  let opened: Promise<IDBDatabase> | undefined;

  async function withStore<T>(
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => IDBRequest,
    otherwise: () => Promise<T>
  ): Promise<T> {
    if (!factory) {
      return otherwise();
    }
    try {
      opened ??= openDatabase(factory).then(async database => {
        await removeExpired(database, now());
        return database;
      });
      const database = await opened;
      return await promiseOf(use(database.transaction(OBJECT_STORE, mode).objectStore(OBJECT_STORE)));
    } catch {
      return otherwise();
    }
  }

  return {
    async load(seriesInstanceUID) {
      const draft = await withStore<StoredDraft | null | undefined>(
        'readonly',
        store => store.get(seriesInstanceUID),
        () => fallback.load(seriesInstanceUID)
      );
      return draft && draft.version === 1 && draft.expiresAt > now() ? draft : null;
    },
    async save(draft) {
      await withStore<unknown>(
        'readwrite',
        store => store.put(draft),
        () => fallback.save(draft)
      );
    },
    async remove(seriesInstanceUID) {
      await withStore<unknown>(
        'readwrite',
        store => store.delete(seriesInstanceUID),
        () => fallback.remove(seriesInstanceUID)
      );
    },
  };
}
