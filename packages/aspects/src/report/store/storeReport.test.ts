import { FakeArchive, type StowBehaviour } from '../../../testing/fakeArchive';
import { syntheticReport } from '../../../testing/syntheticReport';
import { buildReport } from '../dicom/buildReport';
import { buildKeyImages } from '../dicom/keyImages';
import type { DicomReport } from '../types';
import { dicomWebArchive } from './dicomWebArchive';
import type { ReportArchive } from './reportArchive';
import { type StoreProgress, storeReport } from './storeReport';

const QUICK = { timeoutMs: 2000, confirm: { attempts: 2, pauseMs: 5 } };

describe('storing a report', () => {
  let report: DicomReport;
  let archive: FakeArchive;
  let client: ReportArchive;

  beforeAll(() => {
    report = buildReport(syntheticReport());
  });

  beforeEach(async () => {
    archive = new FakeArchive();
    await archive.start();
    client = dicomWebArchive({ stowRoot: archive.root, qidoRoot: archive.root, fetch });
  });

  afterEach(() => archive.stop());

  test('sends the SEG, then the SR that refers to it, and shows how far it is', async () => {
    const steps: StoreProgress[] = [];
    const outcome = await storeReport(report, client, {
      ...QUICK,
      onProgress: progress => steps.push(progress),
    });
    expect(outcome).toEqual({ status: 'complete', seg: 'stored', sr: 'stored' });
    expect(archive.received).toEqual([report.seg.sopInstanceUID, report.sr.sopInstanceUID]);
    expect(steps.map(step => step.percent)).toEqual([0, 50, 100]);
  });

  test('sends the pictures last, and says so where they alone are refused', async () => {
    const page = { width: 1, height: 2, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const keyImages = buildKeyImages(syntheticReport(), [page, page]);
    const withPictures = { ...report, keyImages };
    archive.behaviours = ['store', 'store', 'store', 500];
    expect(await storeReport(withPictures, client, QUICK)).toMatchObject({
      status: 'partial',
      seg: 'stored',
      sr: 'stored',
      keyImages: 'not-stored',
      failure: { code: 'ARCHIVE_ERROR' },
    });
    expect(await storeReport(withPictures, client, QUICK)).toEqual({
      status: 'complete',
      seg: 'already-stored',
      sr: 'already-stored',
      keyImages: 'stored',
    });
    expect([...archive.held]).toEqual(
      [report.seg, report.sr, ...keyImages].map(({ sopInstanceUID }) => sopInstanceUID)
    );
  });

  test('twice sends nothing the second time', async () => {
    await storeReport(report, client, QUICK);
    expect(await storeReport(report, client, QUICK)).toEqual({
      status: 'complete',
      seg: 'already-stored',
      sr: 'already-stored',
    });
    expect(archive.received).toHaveLength(2);
  });

  test.each<[StowBehaviour, string]>([
    [401, 'LOGIN_EXPIRED'],
    [403, 'FORBIDDEN'],
    [409, 'CONFLICT'],
    [413, 'TOO_LARGE'],
    [400, 'REFUSED'],
    [500, 'ARCHIVE_ERROR'],
    [502, 'ARCHIVE_UNREACHABLE'],
    [503, 'ARCHIVE_ERROR'],
    ['accept-partly', 'CONFLICT'],
    ['cut', 'ARCHIVE_UNREACHABLE'],
    ['drop', 'NOT_CONFIRMED'],
  ])('answered with %s says so, keeps everything and succeeds when repeated', async (behaviour, code) => {
    archive.behaviours = [behaviour];
    const outcome = await storeReport(report, client, QUICK);
    expect(outcome).toMatchObject({ status: 'failed', sr: 'not-stored', failure: { code } });
    expect(outcome.seg).toBe(behaviour === 'drop' ? 'unknown' : 'not-stored');
    expect(await storeReport(report, client, QUICK)).toEqual({
      status: 'complete',
      seg: 'stored',
      sr: 'stored',
    });
    expect(archive.held).toEqual(new Set([report.seg.sopInstanceUID, report.sr.sopInstanceUID]));
  });

  test('cut between SEG and SR tells that the SEG is stored; the repeat sends only the SR', async () => {
    archive.behaviours = ['store', 'cut'];
    expect(await storeReport(report, client, QUICK)).toMatchObject({
      status: 'partial',
      seg: 'stored',
      sr: 'not-stored',
      failure: { code: 'ARCHIVE_UNREACHABLE' },
    });
    expect(await storeReport(report, client, QUICK)).toEqual({
      status: 'complete',
      seg: 'already-stored',
      sr: 'stored',
    });
    expect(archive.received).toEqual([report.seg.sopInstanceUID, report.sr.sopInstanceUID]);
  });

  test('stored, but with the answer lost on the way, is found out by asking', async () => {
    archive.behaviours = ['store-then-cut', 'store-then-cut'];
    expect(await storeReport(report, client, QUICK)).toEqual({
      status: 'complete',
      seg: 'stored',
      sr: 'stored',
    });
  });

  test('answered too late is a time-out', async () => {
    archive.behaviours = ['hang'];
    const outcome = await storeReport(report, client, { ...QUICK, timeoutMs: 200 });
    expect(outcome).toMatchObject({ status: 'failed', seg: 'not-stored', failure: { code: 'TIMED_OUT' } });
  });

  test('a time-out while the archive cannot be asked either leaves the SEG unknown', async () => {
    archive.behaviours = ['hang'];
    archive.queryStatus = 500;
    expect(await storeReport(report, client, { ...QUICK, timeoutMs: 200 })).toMatchObject({
      status: 'failed',
      seg: 'unknown',
    });
  });

  test('with the archive stopped says that it is unreachable', async () => {
    const gone = new FakeArchive();
    await gone.start();
    const root = gone.root;
    await gone.stop();
    const outcome = await storeReport(
      report,
      dicomWebArchive({ stowRoot: root, qidoRoot: root, fetch }),
      QUICK
    );
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'ARCHIVE_UNREACHABLE' } });
  });

  test('can be stopped by the reader', async () => {
    archive.behaviours = ['hang'];
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const outcome = await storeReport(report, client, { ...QUICK, signal: controller.signal });
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'CANCELLED' } });
  });

  test('asks for the token at each request', async () => {
    let token = 0;
    const headers = () => ({ Authorization: `Bearer ${(token += 1)}` });
    await storeReport(report, dicomWebArchive({ stowRoot: archive.root, headers, fetch }), QUICK);
    expect(archive.authorisations).toEqual(['Bearer 1', 'Bearer 2']);
  });

  test('by a client that rejects with its request, as XMLHttpRequest-based ones do, has the status too', async () => {
    const rejecting: ReportArchive = {
      store: () => Promise.reject(Object.assign(new Error('request failed'), { request: { status: 401 } })),
      holds: () => Promise.resolve(undefined),
    };
    expect((await storeReport(report, rejecting, QUICK)).failure).toMatchObject({
      code: 'LOGIN_EXPIRED',
      httpStatus: 401,
    });
  });
});

describe('what an archive answers counts as stored only where it names the instance', () => {
  const report = buildReport(syntheticReport());
  const FAILED = { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xa700] } }] } };
  const answer = (status: number, body: unknown) => () =>
    new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), { status });
  const html = answer(200, '<html>login</html>');
  const elsewhere = (tag: string) =>
    answer(
      200,
      [report.seg, report.sr].map(({ sopInstanceUID }) => ({
        '00080018': { Value: [sopInstanceUID] },
        [tag]: { Value: ['1.2.3'] },
      }))
    );

  const outcomes = async (stow: () => Response, qido: () => Response, throughHost: boolean) => {
    let sent = 0;
    const request = (async (_: string, init?: RequestInit) => {
      sent += init?.method === 'POST' ? 1 : 0;
      return init?.method === 'POST' ? stow() : qido();
    }) as unknown as typeof fetch;
    const whole = dicomWebArchive({ stowRoot: 'https://pacs', qidoRoot: 'https://pacs', fetch: request });
    // A host's own client tells success by the status alone, and keeps the answer to itself.
    const host: ReportArchive = {
      ...whole,
      store: async () => {
        sent += 1;
        const response = stow();
        if (!response.ok) {
          throw Object.assign(new Error('refused'), { status: response.status });
        }
        return false;
      },
    };
    return { ...(await storeReport(report, throughHost ? host : whole, QUICK)), sent };
  };

  test.each<readonly [string, () => Response, () => Response]>([
    ['a failure inside 200, query fails', answer(200, FAILED), answer(500, '')],
    ['a failure inside 200, query refused', answer(200, FAILED), answer(400, '')],
    ['a failure inside 202, query unknown', answer(202, FAILED), answer(501, '')],
    ['200 without words, query unknown', answer(200, 'garbage'), answer(501, '')],
    ['202 without a body, query unknown', answer(202, ''), answer(501, '')],
    ['a login page for both', html, html],
    ['an empty list for both', answer(200, []), answer(200, [])],
    ['200 without a body for both', answer(200, ''), answer(200, '')],
    ['a body that says null for both', answer(200, null), answer(200, null)],
    ['an empty list, query unknown', answer(200, []), answer(501, '')],
    [
      'an empty list of what was stored',
      answer(200, { '00081199': { vr: 'SQ', Value: [] } }),
      answer(200, []),
    ],
    [
      'a query that names another instance',
      answer(200, {}),
      answer(200, [{ '00080018': { Value: ['1.2.3'] } }]),
    ],
    ['a query that names it in another study', answer(200, {}), elsewhere('0020000D')],
    ['a query that names it in another series', answer(200, {}), elsewhere('0020000E')],
    ['202 and a query that names it in another study', answer(202, ''), elsewhere('0020000D')],
    ['a query that answers an error with 200', answer(200, {}), answer(200, [{ error: 'no such thing' }])],
  ])('%s: not stored, and sent', async (_, stow, qido) => {
    for (const throughHost of [false, true]) {
      const outcome = await outcomes(stow, qido, throughHost);
      expect(outcome.status).toBe('failed');
      expect(['not-stored', 'unknown']).toContain(outcome.seg);
      expect(outcome.sent).toBe(1);
    }
  });

  test('its answer to the storing is enough where it cannot be asked', async () => {
    const named = (uid: string) => ({ '00081199': { Value: [{ '00081155': { Value: [uid] } }] } });
    const uids = [report.seg.sopInstanceUID, report.sr.sopInstanceUID];
    const outcome = await outcomes(
      () => answer(200, named(uids.shift() as string))(),
      answer(501, ''),
      false
    );
    expect(outcome).toMatchObject({ status: 'complete', sent: 2 });
  });
});
