import { createHmac } from 'node:crypto';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import type { ArchiveStudy } from '../archive/archiveStudy';
import type { ArchiveOutcome } from '../archive/scoreArchiveStudy';
import { UsageError } from '../exitStatus';
import { OverTimeError, type OpenJob } from '../queue/jobQueue';
import { MemoryQueue } from '../queue/memoryQueue';
import { textOutput } from '../output/textOutput';
import { notify } from './notify';
import { createPerformer } from './performer';
import { priorityOf } from './priority';
import { parseServeArguments, parseWorkerArguments } from './serveArguments';
import { serviceLog } from './serviceLog';
import { ServiceMetrics } from './serviceMetrics';
import { startStatusServer } from './statusServer';
import { workersThatFit } from './workersThatFit';

const { result, source } = syntheticReport();
const SECONDS = { fetch: 1, score: 2, store: 3 };
const SCORED: ArchiveOutcome & { kind: 'scored' } = {
  kind: 'scored',
  result,
  changedByReader: false,
  seconds: SECONDS,
};
const FAILED: ArchiveOutcome = {
  kind: 'failed',
  error: { code: 'INTERNAL_ERROR', message: '<b>gone</b>', details: {} },
};
const STUDY: ArchiveStudy = {
  kind: 'archive',
  archive: 'http://archive',
  studyInstanceUID: '1.2.3',
  contents: [],
  outcome: '2.25.1',
};

describe('options', () => {
  const parse = (argv: string[], environment = {}) => parseServeArguments(argv, environment, '/models');

  test('come from the command line, else from the environment', () => {
    const environment = { DEEP_ASPECTS_DICOMWEB: 'http://pacs/dicom-web/', DEEP_ASPECTS_POLL: '7' };
    const args = parse(['--poll', '3', '--since', '2026-01-31', '--listen', '0.0.0.0:9090'], environment);
    expect(args).toMatchObject({
      url: 'http://pacs/dicom-web',
      pollMs: 3000,
      listen: { host: '0.0.0.0', port: 9090 },
      models: '/models',
    });
    expect(args.since()).toBe('20260131');
    expect(parse([], environment)).toMatchObject({ pollMs: 7000, once: false, jobTimeoutMs: 600_000 });
    expect([parse([], environment), parse(['--dated-only'], environment)]).toMatchObject([
      { datedOnly: false },
      { datedOnly: true },
    ]);
    expect(parse([], { ...environment, DEEP_ASPECTS_DATED_ONLY: '1' }).datedOnly).toBe(true);
    const limit = { ...environment, DEEP_ASPECTS_JOB_TIMEOUT: '90' };
    expect(parse([], limit).jobTimeoutMs).toBe(90_000);
    expect(parse(['--job-timeout', '120'], limit).jobTimeoutMs).toBe(120_000);
    expect(parse(['--listen', '80'], environment).listen).toEqual({ host: '127.0.0.1', port: 80 });
  });

  describe('the last two days', () => {
    afterEach(() => jest.useRealTimers());

    test.each([
      ['just after midnight in Greenwich', '2026-03-02T00:30:00Z', '20260228'],
      ['just before it', '2026-03-01T23:30:00Z', '20260227'],
      ['at noon', '2026-03-02T12:00:00Z', '20260228'],
    ])('hold yesterday from midnight on, in every time zone: %s', (_name, now, since) => {
      jest.useFakeTimers({ now: new Date(now) });
      expect(parse(['--dicomweb', 'http://a']).since()).toBe(since);
      const westmost = new Date(Date.parse(now) - 12 * 3_600_000);
      const yesterday = new Date(westmost.getTime() - 24 * 3_600_000).toISOString().slice(0, 10);
      expect(yesterday.replaceAll('-', '') >= since).toBe(true);
    });
  });

  test('a server with a queue scores nothing itself unless it is told to', () => {
    const queue = ['--dicomweb', 'http://a', '--queue', 'redis://r'];
    expect(parse(queue).workers).toBe(0);
    expect(parse([...queue, '--workers', '2']).workers).toBe(2);
    expect(parse(['--dicomweb', 'http://a']).workers).toBeGreaterThan(0);
  });

  test.each([
    [[]],
    [['--dicomweb', 'ftp://a']],
    [['--dicomweb', 'http://a', '--queue', 'http://r']],
    [['--dicomweb', 'http://a', '--since', 'yesterday']],
    [['--dicomweb', 'http://a', '--poll', '0']],
    [['--dicomweb', 'http://a', '--job-timeout', 'never']],
    [['--dicomweb', 'http://a', '--urgent', '(']],
    [['--dicomweb', 'http://a', '--cert', 'c.pem']],
    [['--dicomweb', 'http://a', '--listen', 'here']],
    [['--dicomweb', 'http://a', '--queue', 'redis://r', '--notify', 'http://n']],
    [['http://a']],
  ])('%j is wrong usage', argv => {
    expect(() => parse(argv)).toThrow(UsageError);
  });

  test.each([
    ['a core each', 4, 16, 4],
    ['1 GB of memory each', 16, 3.9, 3],
    ['at least one', 2, 0.5, 1],
  ])('workers unless it is told: %s', (_name, cores, gigabytes, workers) => {
    expect(workersThatFit(cores, gigabytes * 2 ** 30)).toBe(workers);
  });

  test('a worker with a login asks one archive only', () => {
    const worker = (argv: string[], environment = {}) =>
      parseWorkerArguments(['--queue', 'redis://r', ...argv], environment, '/models');
    expect(worker([]).url).toBeUndefined();
    expect(() => worker([], { DEEP_ASPECTS_TOKEN: 't' })).toThrow(UsageError);
    expect(worker(['--dicomweb', 'http://a'], { DEEP_ASPECTS_TOKEN: 't' }).url).toBe('http://a');
  });
});

describe('of studies that wait', () => {
  const NOW = new Date(2026, 2, 2, 13, 30);
  const study = (date: string, time = '', description = '', ...origins: string[]) =>
    priorityOf({ date, time, description }, { urgent: /stroke|^CT_ER$/i, origins, now: NOW });
  const undated = (arrivedAt?: Date) =>
    priorityOf({ date: '', time: '', description: '' }, { now: NOW, arrivedAt });

  test('the newer come first, urgent ones before all, undated ones by when they came', () => {
    expect(study('20200101', '', '', '', 'CT_ER')).toBe(study('20200101', '', 'Stroke protocol'));
    expect(study('20200101', '', '', 'CT_ER2')).toBe(study('20200101'));
    const order = [
      study('20200101', '', 'Stroke protocol'),
      study('20260302', '130000'),
      study('20260302', '120000'),
      undated(new Date(2026, 2, 2, 11, 59)),
      study('20260301', '230000'),
      study('20260301', '000000'),
      study('20260228', '235959'),
      study('19990101'),
      undated(),
    ];
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    expect(new Set(order).size).toBe(order.length);
    expect(Math.max(...order)).toBeLessThan(2 ** 21);
    expect(Math.min(...order)).toBeGreaterThanOrEqual(1);
  });

  test.each([
    ['tomorrow', '20260303', '090000'],
    ['an hour ahead', '20260302', '143000'],
    ['years ahead', '20990101', ''],
  ])('one dated %s has just come, and goes before none that comes later', (_name, date, time) => {
    expect(study(date, time)).toBe(study('20260302', '130000'));
    expect(undated(NOW)).toBe(study(date, time));
  });

  test.each(['2026.03.02', '', '0', 'unknown'])('a Study Date of %j is none', date => {
    expect(study(date)).toBe(undated());
  });
});

describe('an alert', () => {
  function receiver(...statuses: number[]) {
    const calls: { body: string; headers: Record<string, string> }[] = [];
    const fetch = (async (_url: string, init: RequestInit) => {
      calls.push({ body: String(init.body), headers: init.headers as Record<string, string> });
      return new Response('', { status: statuses[calls.length - 1] ?? 200 });
    }) as typeof globalThis.fetch;
    return { calls, fetch };
  }

  test('names study, score, side and haemorrhage, nothing of the patient, and is signed', async () => {
    const { calls, fetch } = receiver(500, 200);
    const bleeding: AspectsResult = { ...result, warnings: [{ code: 'HEMORRHAGE_SUSPECTED', message: '' }] };
    const outcome = { ...SCORED, result: bleeding };
    await notify({ url: 'http://n', secret: 'key', fetch, pauseMs: 1 }, outcome);
    expect(calls).toHaveLength(2);
    const { body, headers } = calls[1];
    const { at: _when, ...told } = JSON.parse(body) as Record<string, unknown>;
    expect(told).toEqual({
      event: 'scored',
      studyInstanceUID: result.series.studyInstanceUID,
      score: 8,
      side: 'left',
      haemorrhageSuspected: true,
    });
    const expected = createHmac('sha256', 'key').update(body).digest('hex');
    expect(headers['X-Deep-Aspects-Signature']).toBe(`sha256=${expected}`);
  });

  test('that nobody takes is an error with its reason', async () => {
    const { calls, fetch } = receiver(500, 500, 403);
    await expect(notify({ url: 'http://n', fetch, pauseMs: 1 }, SCORED)).rejects.toThrow('HTTP 403');
    expect(calls).toHaveLength(3);
    expect(calls[0].headers).not.toHaveProperty('X-Deep-Aspects-Signature');
  });
});

describe('performing jobs', () => {
  function performer(outcome: ArchiveOutcome, archive?: string) {
    let log = '';
    const metrics = new ServiceMetrics(new MemoryQueue());
    const perform = createPerformer({
      workers: [{ run: async () => outcome, close: async () => undefined }],
      metrics,
      log: serviceLog(textOutput({ write: text => (log += text) })),
      archive,
    });
    return { perform, metrics, log: () => log };
  }

  test('a failed attempt is told to the queue, a refusal and a result are done', async () => {
    await expect(performer(FAILED).perform(STUDY)).rejects.toThrow('gone');
    const refused: ArchiveOutcome = {
      kind: 'refused',
      seconds: SECONDS,
      error: { code: 'NO_BRAIN', message: '', details: {} },
    };
    const { perform, metrics, log } = performer(refused);
    await perform(STUDY);
    await perform(STUDY);
    expect((await metrics.text()).body).toContain('outcome="refused",code="NO_BRAIN"} 2');
    expect(JSON.parse(log().split('\n')[0])).toMatchObject({ study: '1.2.3', code: 'NO_BRAIN' });
  });

  test('a job that took longer than it may is told as such to queue, log and numbers', async () => {
    const error = { code: 'TIME_LIMIT', message: 'no result', details: {} };
    const { perform, metrics, log } = performer({ kind: 'failed', error });
    await expect(perform(STUDY)).rejects.toThrow(OverTimeError);
    await expect(performer(FAILED).perform(STUDY)).rejects.not.toThrow(OverTimeError);
    expect((await metrics.text()).body).toContain('outcome="failed",code="TIME_LIMIT"} 1');
    expect(JSON.parse(log())).toMatchObject({ study: '1.2.3', code: 'TIME_LIMIT', reason: 'no result' });
  });

  test('neither log nor numbers hold anything of the patient', async () => {
    const { perform, metrics, log } = performer(SCORED);
    await perform(STUDY);
    const told = log() + (await metrics.text()).body + JSON.stringify(metrics.recent);
    for (const secret of [source.PatientName, source.PatientID, source.PatientBirthDate]) {
      expect(told).not.toContain(secret);
    }
  });

  test('a study of another archive than the one that it may ask is not touched', async () => {
    await expect(performer(SCORED, 'http://mine').perform(STUDY)).rejects.toThrow('another archive');
  });
});

test('the status server tells health, numbers and failures, and escapes what an archive answered', async () => {
  const queue = new MemoryQueue({ attempts: 1 });
  const metrics = new ServiceMetrics(queue);
  let trouble: string | undefined;
  const complete: (string | undefined)[][] = [];
  const server = await startStatusServer({
    listen: { host: '127.0.0.1', port: 0 },
    queue,
    metrics,
    trouble: () => trouble,
    onComplete: (...told) => complete.push(told),
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  try {
    await queue.add(STUDY, 1);
    const work = queue.work(1, async () => {
      throw new Error('<script>alert(1)</script>');
    });
    await work.stop();
    metrics.record('1.2.3', SCORED);
    expect((await get('/healthz')).status).toBe(200);
    const numbers = await (await get('/metrics')).text();
    expect(numbers).toContain('deep_aspects_jobs{state="failed"} 1');
    expect(numbers).toContain('deep_aspects_step_seconds_sum{step="store"} 3');
    const page = await (await get('/')).text();
    expect(page).toContain('ASPECTS 8 (left)');
    expect(page).toContain('script');
    expect(page).not.toContain('<script>');
    trouble = 'the archive does not answer';
    expect((await get('/healthz')).status).toBe(503);
    expect((await get('/x')).status).toBe(404);
    const post = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST' });
    expect((await post('/complete/1.2.3')).status).toBe(202);
    expect((await post('/complete/1.2.4?sender=CT%20ER%20')).status).toBe(202);
    expect((await post('/complete/1.2.5?sender=longer-than-an-AE-title')).status).toBe(202);
    expect((await post('/complete/..%2F')).status).toBe(404);
    expect(complete).toEqual([
      ['1.2.3', undefined],
      ['1.2.4', 'CT ER'],
      ['1.2.5', undefined],
    ]);
  } finally {
    await server.close();
  }
});

test('a worklist is told of the studies that wait, run and have failed, the best of two jobs of a study', async () => {
  const job = (studyInstanceUID: string, state: OpenJob['state'], reason?: string): OpenJob => ({
    studyInstanceUID,
    state,
    ...(reason && { reason }),
  });
  const jobs = [
    job('1.1', 'running'),
    job('1.1', 'failed', 'old'),
    job('1.2', 'queued'),
    job('1.3', 'failed', 'why'),
  ];
  const queue = Object.assign(new MemoryQueue(), { open: async () => jobs });
  const metrics = new ServiceMetrics(queue);
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await startStatusServer({ listen, queue, metrics, trouble: () => undefined });
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/studies`);
    expect(await answer.json()).toEqual({
      studies: {
        '1.1': { state: 'running' },
        '1.2': { state: 'queued' },
        '1.3': { state: 'failed', reason: 'why' },
      },
    });
  } finally {
    await server.close();
  }
});
