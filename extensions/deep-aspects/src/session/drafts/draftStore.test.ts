import { createIndexedDbDraftStore } from './indexedDbDraftStore';
import { DRAFT_LIFETIME_MS, type StoredDraft } from './draftStore';

const draft = (expiresAt: number) => ({ version: 1, seriesInstanceUID: '1.2', expiresAt }) as StoredDraft;

/** A browser without storage; tests/e2e shows the same with one. */
describe('drafts', () => {
  it('are there until they expire', async () => {
    let now = 1000;
    const store = createIndexedDbDraftStore(undefined, () => now);
    await store.save(draft(now + DRAFT_LIFETIME_MS));
    now += DRAFT_LIFETIME_MS - 1;
    expect(await store.load('1.2')).not.toBeNull();
    now += 1;
    expect(await store.load('1.2')).toBeNull();
  });

  it('of another form are not taken for ours', async () => {
    const store = createIndexedDbDraftStore(undefined, () => 0);
    await store.save({ ...draft(1), version: 2 as 1 });
    expect(await store.load('1.2')).toBeNull();
  });

  it('live in memory where the browser refuses its storage', async () => {
    const refusing = {
      open: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    } as unknown as IDBFactory;
    const store = createIndexedDbDraftStore(refusing, () => 0);
    await store.save(draft(1));
    expect(await store.load('1.2')).not.toBeNull();
    await store.remove('1.2');
    expect(await store.load('1.2')).toBeNull();
  });
});
