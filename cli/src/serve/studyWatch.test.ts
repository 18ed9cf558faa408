import type { ListedSeries, FoundStudy } from '../archive/archiveClient';
import { HttpStatusError } from '@deep-aspects/aspects/report';
import type { ArchiveStudy } from '../archive/archiveStudy';
import { StudyWatch } from './studyWatch';

const HEAD: ListedSeries = {
  seriesInstanceUID: '1.1',
  modality: 'CT',
  description: 'Head 5 mm',
  bodyPart: 'HEAD',
  stationName: '',
  instances: 28,
};
const REPORT: ListedSeries = {
  ...HEAD,
  seriesInstanceUID: '1.9',
  modality: 'SR',
  description: '',
  instances: 1,
};

const NOW = new Date(2026, 0, 1, 12);

/** An archive of studies with their series, which counts what it is asked. */
class Archive {
  readonly studies = new Map<string, ListedSeries[]>();
  readonly unlisted = new Set<string>();
  readonly outcomes = new Set<string>();
  readonly offered: ArchiveStudy[] = [];
  readonly priorities: number[] = [];
  counts = true;
  readonly broken = new Set<string>();
  readonly told: string[] = [];
  questions = 0;

  readonly watch = new StudyWatch({
    client: {
      ctStudies: async function* (this: Archive): AsyncGenerator<FoundStudy> {
        for (const [studyInstanceUID, series] of this.studies) {
          if (this.unlisted.has(studyInstanceUID)) {
            continue;
          }
          const instances = series.reduce((sum, one) => sum + one.instances, 0);
          yield {
            studyInstanceUID,
            date: '20260101',
            time: '000000',
            description: '',
            ...(this.counts && { instances }),
          };
        }
      }.bind(this),
      series: async uid => {
        this.questions++;
        if (this.broken.has(uid)) {
          throw new HttpStatusError(500);
        }
        return this.studies.get(uid) ?? [];
      },
      holdsInstance: async (_study, sop) => this.outcomes.has(sop),
    },
    archive: 'http://archive',
    queue: {
      add: async (study, priority) => {
        this.offered.push(study);
        this.priorities.push(priority);
      },
    },
    program: { softwareVersion: '1', networks: ['a', 'b'] },
    since: () => '20260101',
    settleMs: 10,
    recheckMs: 100,
    urgent: /^ER/,
    clock: () => NOW,
    onTrouble: (study, reason) => void this.told.push(`${study}: ${reason}`),
  });

  async look(now: number): Promise<string[]> {
    this.offered.length = 0;
    await this.watch.list(now);
    await this.watch.offer(now);
    return this.offered.map(study => study.studyInstanceUID);
  }
}

test.each([true, false])(
  'a study is offered once it has stopped growing (archive counts: %s)',
  async counts => {
    const archive = new Archive();
    archive.counts = counts;
    archive.studies.set('1', [{ ...HEAD, instances: 5 }]);
    expect(await archive.look(0)).toEqual([]);
    archive.studies.set('1', [{ ...HEAD, instances: 20 }]);
    expect(await archive.look(9)).toEqual([]);
    expect(await archive.look(18)).toEqual([]);
    expect(await archive.look(19)).toEqual(['1']);
    expect(archive.offered[0]).toMatchObject({ contents: [['1.1', 20]], archive: 'http://archive' });
  }
);

test('a number counts as stable only as far as the archive was asked, or told that nothing changed', async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  await archive.watch.list(0);
  await archive.watch.offer(1000);
  expect(archive.offered).toEqual([]);
  archive.watch.unchanged(10);
  await archive.watch.offer(1000);
  expect(archive.offered).toHaveLength(1);
});

test('what has its outcome is never offered nor asked about again, until its images change', async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  await archive.look(0);
  await archive.look(10);
  archive.outcomes.add(archive.offered[0].outcome);
  // Our own objects make the study grow: it is looked at once more, and closed.
  archive.studies.set('1', [HEAD, REPORT]);
  await archive.look(20);
  expect(await archive.look(30)).toEqual([]);
  const { questions } = archive;
  expect(await archive.look(10_000)).toEqual([]);
  expect(archive.questions).toBe(questions);
  archive.studies.set('1', [HEAD, REPORT, { ...HEAD, seriesInstanceUID: '1.2' }]);
  await archive.look(10_010);
  expect(await archive.look(10_020)).toEqual(['1']);
});

test('a study that the archive calls complete is offered at once, listed or not', async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  archive.studies.set('2', [HEAD]);
  archive.watch.announce('2');
  await archive.watch.offer(0);
  expect(archive.offered.map(study => study.studyInstanceUID)).toEqual(['2']);
  await archive.watch.list(1);
  archive.watch.announce('1');
  await archive.watch.offer(2);
  expect(archive.offered.map(study => study.studyInstanceUID)).toEqual(['2', '1']);
});

describe('a study that the archive announces', () => {
  /** Announced, and no list has it: it has no date, or an early one. */
  const announcedAlone = () => {
    const archive = new Archive();
    archive.studies.set('undated', [HEAD]);
    archive.unlisted.add('undated');
    archive.watch.announce('undated');
    return archive;
  };

  test('and does not list, is offered all the same', async () => {
    expect(await announcedAlone().look(0)).toEqual(['undated']);
  });

  test('and does not list, is offered until it has its outcome, and then forgotten', async () => {
    const archive = announcedAlone();
    await archive.look(0);
    expect(await archive.look(99)).toEqual([]);
    expect(await archive.look(100)).toEqual(['undated']);
    archive.outcomes.add(archive.offered[0].outcome);
    expect(await archive.look(200)).toEqual([]);
    const { questions } = archive;
    await archive.look(300);
    await archive.look(400);
    expect(archive.questions).toBe(questions);
  });

  test('before it lists it, does not wait until it is settled, and keeps its sender', async () => {
    const archive = new Archive();
    archive.studies.set('1', [HEAD]);
    archive.watch.announce('1', 'ER2');
    expect(await archive.look(0)).toEqual(['1']);
    expect(archive.priorities).toEqual([1]);
    archive.studies.set('1', [{ ...HEAD, instances: 30 }]);
    expect(await archive.look(1)).toEqual([]);
    expect(await archive.look(11)).toEqual(['1']);
    expect(archive.priorities).toEqual([1, 1]);
  });
});

describe('a study without a date', () => {
  const undated = (instances?: number): FoundStudy => ({
    ...{ studyInstanceUID: 'undated', date: '', time: '', description: '' },
    ...(instances && { instances }),
  });
  /** An archive with one that no list has. */
  const archiveWithUndated = (instances = 5) => {
    const archive = new Archive();
    archive.studies.set('undated', [{ ...HEAD, instances }]);
    archive.unlisted.add('undated');
    return archive;
  };

  test('that is seen is offered once it has stopped growing, although no list has it', async () => {
    const archive = archiveWithUndated();
    archive.watch.see(undated(), 0, true);
    expect(await archive.look(0)).toEqual([]);
    archive.studies.set('undated', [{ ...HEAD, instances: 20 }]);
    expect(await archive.look(10)).toEqual([]);
    expect(await archive.look(19)).toEqual([]);
    expect(await archive.look(20)).toEqual(['undated']);
    expect(archive.offered[0].contents).toEqual([['1.1', 20]]);
    archive.outcomes.add(archive.offered[0].outcome);
    expect(await archive.look(120)).toEqual([]);
    const { questions } = archive;
    await archive.look(1000);
    expect(archive.questions).toBe(questions);
  });

  test.each([
    ['of which the archive says the same number is not asked about again', 28, 28, 0],
    ['of which it says another is', 28, 31, 2],
    ['of which it says none is', undefined, undefined, 2],
  ])('seen again, %s', async (_name, before, after, questions) => {
    const archive = archiveWithUndated();
    archive.watch.see(undated(before), 0, false);
    await archive.look(0);
    await archive.look(10);
    archive.outcomes.add(archive.offered[0].outcome);
    await archive.look(110);
    archive.questions = 0;
    archive.watch.see(undated(after), 200, false);
    await archive.look(200);
    await archive.look(210);
    expect(archive.offered).toEqual([]);
    expect(archive.questions).toBe(questions);
  });

  test('that has just come goes before what came earlier, and what lay there before goes last', async () => {
    const archive = archiveWithUndated();
    archive.studies.set('old', [HEAD]);
    archive.unlisted.add('old');
    archive.studies.set('of midnight', [HEAD]);
    archive.watch.see(undated(), 0, true);
    archive.watch.see({ ...undated(), studyInstanceUID: 'old' }, 0, false);
    await archive.look(0);
    await archive.look(10);
    const byPriority = archive.offered
      .map(({ studyInstanceUID }, index) => [archive.priorities[index], studyInstanceUID] as const)
      .sort(([a], [b]) => a - b);
    expect(byPriority.map(([, uid]) => uid)).toEqual(['undated', 'of midnight', 'old']);
  });

  test('that the archive announces has just come, and is not kept waiting when it is seen as well', async () => {
    const archive = archiveWithUndated();
    archive.studies.set('of midnight', [HEAD]);
    await archive.watch.list(0);
    archive.watch.announce('undated');
    archive.watch.see(undated(), 0, false);
    await archive.watch.list(10);
    await archive.watch.offer(10);
    expect(archive.offered.map(study => study.studyInstanceUID)).toEqual(['of midnight', 'undated']);
    expect(archive.priorities[1]).toBeLessThan(archive.priorities[0]);
  });

  test('that is gone is forgotten, and when it comes again it is asked about anew', async () => {
    const archive = archiveWithUndated();
    archive.watch.see(undated(5), 0, false);
    await archive.look(0);
    await archive.look(10);
    archive.watch.forgetUnseen(0);
    expect(await archive.look(110)).toEqual(['undated']);
    archive.watch.forgetUnseen(1);
    expect(await archive.look(1000)).toEqual([]);
    archive.watch.see(undated(5), 1001, true);
    await archive.look(1001);
    expect(await archive.look(1011)).toEqual(['undated']);
  });

  test("that a list has as well, in an archive that takes no date for an early one, stays the list's", async () => {
    const archive = new Archive();
    archive.studies.set('undated', [HEAD]);
    await archive.look(0);
    expect(await archive.look(10)).toEqual(['undated']);
    archive.watch.see(undated(), 11, false);
    expect(await archive.look(12)).toEqual([]);
  });
});

test('a job that was lost is offered again: the archive says that its outcome is missing', async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  await archive.look(0);
  expect(await archive.look(10)).toEqual(['1']);
  const [first] = archive.offered;
  expect(await archive.look(109)).toEqual([]);
  expect(await archive.look(110)).toEqual(['1']);
  expect(archive.offered[0]).toEqual(first);
});

describe('where the archive fails on single studies', () => {
  const archiveWith = (broken: number, sound: number) => {
    const archive = new Archive();
    for (let number = 0; number < broken + sound; number++) {
      archive.studies.set(`${number}`, [HEAD]);
      if (number < broken) {
        archive.broken.add(`${number}`);
      }
    }
    return archive;
  };

  test.each([true, false])(
    'the others are offered, and its reason is told once (archive counts: %s)',
    async counts => {
      const archive = archiveWith(1, 6);
      archive.counts = counts;
      await archive.look(0);
      expect((await archive.look(10)).sort()).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(await archive.watch.offer(11)).toBe(1);
      expect(archive.told).toEqual(['0: HTTP 500']);
      archive.broken.clear();
      expect([...(await archive.look(20)), ...(await archive.look(30))]).toEqual(['0']);
    }
  );

  test('many in a row are taken for an archive that is away, and still hold up the others only once', async () => {
    const archive = archiveWith(20, 3);
    await archive.watch.list(0);
    await archive.watch.list(10);
    for (let look = 0; look < 4; look++) {
      await expect(archive.watch.offer(10)).rejects.toThrow('HTTP 500');
    }
    expect(archive.offered.map(study => study.studyInstanceUID).sort()).toEqual(['20', '21', '22']);
  });
});

test('a restart does nothing twice', async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  await archive.look(0);
  await archive.look(10);
  const restarted = new Archive();
  restarted.studies.set('1', [HEAD, REPORT]);
  restarted.outcomes.add(archive.offered[0].outcome);
  await restarted.look(0);
  expect(await restarted.look(10)).toEqual([]);
});

test('another version of the program or of a network, or other images, is another outcome', async () => {
  const { archiveStudy } = await import('../archive/archiveStudy');
  const outcome = (softwareVersion: string, networks: string[], ...series: ListedSeries[]) =>
    archiveStudy('http://archive', '1', series, { softwareVersion, networks }).outcome;
  const outcomes = [
    outcome('1', ['a', 'b'], HEAD),
    outcome('2', ['a', 'b'], HEAD),
    outcome('1', ['a', 'c'], HEAD),
    outcome('1', ['a', 'b'], { ...HEAD, instances: 29 }),
    outcome('1', ['a', 'b'], HEAD, { ...HEAD, seriesInstanceUID: '1.2' }),
  ];
  expect(new Set(outcomes).size).toBe(outcomes.length);
  expect(outcome('1', ['a', 'b'], HEAD, REPORT)).toBe(outcomes[0]);
  const two = [HEAD, { ...HEAD, seriesInstanceUID: '1.2' }];
  expect(outcome('1', ['a', 'b'], two[1], two[0])).toBe(outcomes[4]);
});

test.each<[string, Partial<ListedSeries>, boolean]>([
  ['head by its description', { description: 'Brain 5 mm', bodyPart: '' }, true],
  ['nothing said', { description: 'Axial 5 mm', bodyPart: '' }, true],
  ['thorax by its body part', { description: 'Axial 5 mm', bodyPart: 'CHEST' }, false],
  ['neck by its description', { description: 'CTA neck', bodyPart: '' }, false],
  ['head and neck', { description: 'CTA head neck', bodyPart: '' }, true],
  ['no CT', { modality: 'MR' }, false],
])('%s', async (_name, changes, isOffered) => {
  const archive = new Archive();
  archive.studies.set('1', [{ ...HEAD, ...changes }]);
  await archive.look(0);
  expect(await archive.look(10)).toEqual(isOffered ? ['1'] : []);
});

test("a site's rule holds for the scanner's name and for the AE title that the archive tells", async () => {
  const archive = new Archive();
  archive.studies.set('1', [HEAD]);
  archive.studies.set('2', [{ ...HEAD, stationName: 'ER_CT' }]);
  archive.studies.set('3', [HEAD]);
  await archive.watch.list(0);
  archive.watch.announce('3', 'ER2');
  await archive.watch.list(20);
  await archive.watch.offer(20);
  const byStudy = Object.fromEntries(
    archive.offered.map(({ studyInstanceUID }, index) => [studyInstanceUID, archive.priorities[index]])
  );
  expect(byStudy).toMatchObject({ 2: 1, 3: 1 });
  expect(byStudy[1]).toBeGreaterThan(1);
});
