import { setTimeout as pause } from 'node:timers/promises';
import { ArchiveClient, type FoundStudy } from '../archive/archiveClient';
import type { ArchiveConnection } from '../archive/archiveSettings';
import { OrthancChanges } from './orthancChanges';
import { seekUndated, seekUndatedOnce } from './seekUndated';
import { UndatedSweep } from './undatedSweep';

const LOG = { info: () => undefined, warn: () => undefined };

/** How archives page: all that is asked for, fewer, or the first page whatever is asked. */
type Paging = (uids: readonly string[], limit: number, offset: number) => readonly string[];
const PAGES: Paging = (uids, limit, offset) => uids.slice(offset, offset + limit);

/** A stand-in for an archive, by its HTTP interface, of which every request is counted. */
class StandIn {
  readonly requests: string[] = [];
  /** Studies without a date, by number: those by whom the date is empty, and where it is left out. */
  readonly undated = new Map<string, 'empty' | 'absent' | 'no date'>();
  /** Orthanc's; undefined: another archive. */
  changes: { ChangeType: string; ID: string }[] | undefined;
  isAway = false;
  uids: string[] = [];

  constructor(
    studies: number,
    private readonly paging: Paging = PAGES
  ) {
    this.uids = Array.from({ length: studies }, (_, index) => `1.${index}`);
  }

  readonly connection: ArchiveConnection = {
    url: 'http://archive/dicom-web',
    headers: () => ({}),
    fetch: async url => this.answer(new URL(String(url))),
    close: async () => undefined,
  };
  readonly client = new ArchiveClient(this.connection);

  add(uid: string, date: 'dated' | 'empty' | 'absent' | 'no date'): void {
    this.uids.push(uid);
    if (date !== 'dated') {
      this.undated.set(uid, date);
    }
    this.changes?.push({ ChangeType: 'NewInstance', ID: 'i' }, { ChangeType: 'NewStudy', ID: uid });
  }

  private answer({ pathname, searchParams }: URL): Response {
    this.requests.push(pathname);
    if (this.isAway) {
      throw new Error('connect ECONNREFUSED');
    }
    const number = (name: string) => Number(searchParams.get(name));
    if (pathname === '/dicom-web/studies') {
      return Response.json(
        this.paging(this.uids, number('limit'), number('offset')).map(uid => this.found(uid))
      );
    }
    if (pathname === '/changes' && this.changes) {
      const first = searchParams.has('since') ? number('since') : this.changes.length - 1;
      const told = this.changes.slice(first, first + Math.min(number('limit') || 1, 3));
      return Response.json({ Changes: told, Last: first + told.length });
    }
    if (pathname.startsWith('/studies/') && this.changes) {
      const uid = pathname.slice('/studies/'.length);
      const StudyDate = { empty: '', 'no date': '2026.01.01', absent: undefined, dated: '20260101' };
      return this.uids.includes(uid)
        ? Response.json({
            MainDicomTags: { StudyInstanceUID: uid, StudyDate: StudyDate[this.undated.get(uid) ?? 'dated'] },
          })
        : new Response('', { status: 404 });
    }
    return new Response('', { status: 404 });
  }

  private found(uid: string) {
    const dates = {
      dated: { '00080020': { vr: 'DA', Value: ['20260101'] } },
      empty: { '00080020': { vr: 'DA' } },
      absent: {},
      'no date': { '00080020': { vr: 'DA', Value: ['2026.01.01'] } },
    };
    return { '0020000D': { vr: 'UI', Value: [uid] }, ...dates[this.undated.get(uid) ?? 'dated'] };
  }
}

/** A watch that notes what it is shown. */
function notingWatch() {
  const seen: string[] = [];
  const fresh: string[] = [];
  return {
    seen,
    fresh,
    forgetUnseen: () => undefined,
    see({ studyInstanceUID }: FoundStudy, _now: number, hasJustCome: boolean) {
      seen.push(studyInstanceUID);
      if (hasJustCome) {
        fresh.push(studyInstanceUID);
      }
    },
  };
}

test.each<[string, Paging]>([
  ['gives what it is asked for', PAGES],
  ['gives at most 70 at a time', (uids, limit, offset) => uids.slice(offset, offset + Math.min(70, limit))],
  ['knows no offset and gives all', uids => uids],
])('every study without a date is found in an archive that %s', async (_name, paging) => {
  const archive = new StandIn(450, paging);
  archive.undated.set('1.0', 'empty').set('1.199', 'absent').set('1.200', 'no date').set('1.449', 'empty');
  const watch = notingWatch();
  await seekUndatedOnce({ client: archive.client, watch, log: LOG });
  expect(watch.seen).toEqual(['1.0', '1.199', '1.200', '1.449']);
  expect(watch.fresh).toEqual([]);
});

test('an archive that knows no offset and gives one page does not keep it looking for ever', async () => {
  const archive = new StandIn(450, (uids, limit) => uids.slice(0, limit));
  await seekUndatedOnce({ client: archive.client, watch: notingWatch(), log: LOG });
  expect(archive.requests).toHaveLength(2);
});

test('100,000 studies cost 501 requests once, of which none is made before the last has rested', async () => {
  const archive = new StandIn(100_000);
  archive.undated.set('1.99999', 'empty');
  const found: string[] = [];
  let now = 0;
  const sweep = new UndatedSweep({
    client: {
      anyStudies: offset => {
        // A page takes 100 ms.
        now += 100;
        return archive.client.anyStudies(offset);
      },
    },
    restMs: () => 0,
    onStudy: ({ studyInstanceUID }) => found.push(studyInstanceUID),
    onEnd: () => undefined,
  });
  let steps = 1;
  for (; (await sweep.step(() => now)) !== 'ended'; steps++) {
    now += 500;
  }
  expect(found).toEqual(['1.99999']);
  expect(archive.requests).toHaveLength(501);
  // At most a twentieth of the time: 100 ms of 2,000.
  expect(steps).toBeGreaterThanOrEqual(4 * 500);
  expect(now).toBeGreaterThanOrEqual(500 * 2000);
});

describe('going on', () => {
  async function during(archive: StandIn, act: (watch: ReturnType<typeof notingWatch>) => Promise<void>) {
    const watch = notingWatch();
    const stop = new AbortController();
    const warnings: unknown[] = [];
    const going = seekUndated({
      ...{ client: archive.client, watch, changes: new OrthancChanges(archive.connection) },
      log: { ...LOG, warn: (told: unknown) => void warnings.push(told) },
      ...{ pollMs: 2, changesPollMs: 2, stop: stop.signal, clock: () => performance.now() },
    });
    try {
      await act(watch);
    } finally {
      stop.abort();
      await going;
    }
    return warnings;
  }

  async function until(condition: () => boolean): Promise<void> {
    for (const end = performance.now() + 4_000; !condition(); await pause(2)) {
      if (performance.now() > end) {
        throw new Error('not in time');
      }
    }
  }

  test('what comes after the first time through has just come; an archive without changes is gone through again', async () => {
    const archive = new StandIn(3);
    archive.undated.set('1.1', 'empty');
    await during(archive, async watch => {
      await until(() => watch.seen.filter(uid => uid === '1.1').length >= 2);
      archive.add('new', 'absent');
      await until(() => watch.fresh.includes('new'));
    });
  });

  test('one that tells of its changes is gone through once, and then asked only for what is new', async () => {
    const archive = new StandIn(450);
    archive.undated.set('1.400', 'empty');
    archive.changes = [{ ChangeType: 'NewStudy', ID: '1.449' }];
    await during(archive, async watch => {
      await until(() => watch.seen.includes('1.400'));
      const pages = () => archive.requests.filter(path => path === '/dicom-web/studies').length;
      await until(() => pages() === 4);
      archive.add('dated', 'dated');
      archive.add('gone', 'empty');
      archive.uids.pop();
      archive.add('empty', 'empty');
      archive.add('absent', 'absent');
      archive.add('unreadable', 'no date');
      await until(() => watch.fresh.includes('unreadable'));
      expect(watch.fresh).toEqual(['empty', 'absent', 'unreadable']);
      archive.changes?.push({ ChangeType: 'StableStudy', ID: 'empty' });
      await until(() => watch.fresh.length === 4);
      expect(watch.fresh[3]).toBe('empty');
      expect(pages()).toBe(4);
    });
  });

  test('while it is away nothing is lost, and the reason is told once', async () => {
    const archive = new StandIn(1);
    archive.changes = [{ ChangeType: 'NewStudy', ID: '1.0' }];
    const warnings = await during(archive, async watch => {
      await until(() => archive.requests.filter(path => path === '/dicom-web/studies').length >= 2);
      archive.isAway = true;
      archive.add('meanwhile', 'empty');
      await pause(30);
      archive.isAway = false;
      await until(() => watch.fresh.includes('meanwhile'));
    });
    expect(warnings.length).toBeLessThanOrEqual(1);
  });

  test('one that does not answer at all is told once, however often it is asked', async () => {
    const archive = new StandIn(1);
    archive.isAway = true;
    const warnings = await during(archive, () => pause(60));
    expect(archive.requests.length).toBeGreaterThan(2);
    expect(warnings).toEqual([{ reason: 'connect ECONNREFUSED' }]);
  });

  test('one that counts its changes anew is gone through again', async () => {
    const archive = new StandIn(1);
    archive.changes = Array.from({ length: 9 }, () => ({ ChangeType: 'NewInstance', ID: 'i' }));
    await during(archive, async watch => {
      await until(() => archive.requests.filter(path => path === '/dicom-web/studies').length >= 2);
      archive.add('untold', 'empty');
      archive.changes = [{ ChangeType: 'NewInstance', ID: 'i' }];
      await until(() => watch.seen.includes('untold'));
    });
  });
});
