import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Server } from 'node:http';
import { joinMultipart, splitMultipart } from './http/multipart';
import { openEmbeddedStore } from './openEmbeddedStore';
import { CT, ctFile } from './testing/ctFile';
import { startDemoServer } from './demoServer';

let folder: string;
let server: Server;
let url: string;

const INSTANCE = `dicom-web/studies/${CT.study}/series/${CT.series}/instances/${CT.instance}`;

async function start(isolated = true) {
  const store = await openEmbeddedStore(path.join(folder, 'store'));
  ({ server, url } = await startDemoServer({
    ohifFolder: path.join(folder, 'ohif'),
    pluginsFolder: path.join(folder, 'plugins'),
    appConfig: 'window.config = {};',
    source: { store },
    port: 0,
    isolated,
  }));
}

function stop() {
  server.closeAllConnections();
  return new Promise(resolve => server.close(resolve));
}

function stow(files: readonly Buffer[], address = 'dicom-web/studies') {
  const { body, contentType } = joinMultipart(
    files.map(file => ({ contentType: 'application/dicom', body: file })),
    'application/dicom'
  );
  return fetch(url + address, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
  });
}

async function json(address: string) {
  const response = await fetch(url + address);
  expect(response.headers.get('content-type')).toBe('application/dicom+json');
  return (await response.json()) as Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>[];
}

async function parts(address: string) {
  const response = await fetch(url + address);
  expect(response.status).toBe(200);
  return splitMultipart(
    Buffer.from(await response.arrayBuffer()),
    response.headers.get('content-type') ?? ''
  );
}

/** Sends a path as it is; `fetch` would tidy it up. */
function rawStatus(rawPath: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path: rawPath, headers }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'deep-aspects-test-'));
  await mkdir(path.join(folder, 'ohif'));
  await mkdir(path.join(folder, 'plugins'));
  await writeFile(path.join(folder, 'ohif/index.html'), '<title>OHIF</title>');
  await writeFile(path.join(folder, 'plugins/plugin.js'), 'export default {};');
  await writeFile(path.join(folder, 'secret.txt'), 'classified');
  await start();
});

afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

describe('the store', () => {
  it('gives back what was stored, bit by bit', async () => {
    const file = ctFile();
    expect((await stow([file])).status).toBe(200);
    const [instance] = await parts(INSTANCE);
    expect(instance.contentType).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(instance.body.equals(file)).toBe(true);
  });

  it('answers with the references of PS3.18', async () => {
    const answer = (await (await stow([ctFile()])).json()) as Record<
      string,
      { Value: Record<string, unknown>[] }
    >;
    expect(answer['00081199'].Value[0]).toMatchObject({ '00081155': { vr: 'UI', Value: [CT.instance] } });
    expect(answer['00081198']).toBeUndefined();
  });

  it('keeps what it holds over a restart', async () => {
    await stow([ctFile()]);
    await stop();
    await start();
    expect(await json('dicom-web/studies')).toHaveLength(1);
  });

  it('keeps the good instances of a request and reports the bad one', async () => {
    const response = await stow([ctFile(), Buffer.from('not DICOM')]);
    expect(response.status).toBe(202);
    const answer = (await response.json()) as Record<string, { Value: unknown[] }>;
    expect(answer['00081199'].Value).toHaveLength(1);
    expect(answer['00081198'].Value).toHaveLength(1);
  });

  it('refuses an instance whose UID would be a path', async () => {
    const response = await stow([ctFile({ SOPInstanceUID: '../../../evil' })]);
    expect(response.status).toBe(409);
    expect(await readdir(folder)).toEqual(['ohif', 'plugins', 'secret.txt', 'store']);
    expect(await readdir(path.join(folder, 'store'))).toEqual([]);
  });

  it('refuses an instance of another study than the address names', async () => {
    expect((await stow([ctFile()], 'dicom-web/studies/9.9')).status).toBe(409);
  });

  it('gives frames as they are in the file, from frame 1', async () => {
    await stow([ctFile()]);
    const [frame] = await parts(`${INSTANCE}/frames/1`);
    expect(frame.contentType).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    expect([...new Int16Array(new Uint8Array(frame.body).buffer)]).toEqual([0, 1, 2, 3]);
    expect((await fetch(`${url}${INSTANCE}/frames/2`)).status).toBe(404);
  });

  it('unpacks the frames of a binary segmentation that share a byte', async () => {
    const bits = new Uint8Array([0b10010110]).buffer;
    await stow([
      ctFile({ BitsAllocated: 1, NumberOfFrames: 2, PixelData: bits, _vrMap: { PixelData: 'OB' } }),
    ]);
    const frames = await parts(`${INSTANCE}/frames/1,2`);
    expect(frames.map(({ body }) => body[0])).toEqual([0b0110, 0b1001]);
  });

  it('gives metadata without the pixels but with a link to them', async () => {
    await stow([ctFile()]);
    const [metadata] = await json(`dicom-web/studies/${CT.study}/series/${CT.series}/metadata`);
    expect(metadata['00100010']).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'SYNTHETIC^HEAD' }] });
    expect(metadata['00200032']).toEqual({ vr: 'DS', Value: [0, 0, 5] });
    expect(metadata['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: `/${INSTANCE}/bulkdata` });
    const [pixels] = await parts(`${INSTANCE}/bulkdata`);
    expect(pixels.body).toHaveLength(8);
  });
});

describe('queries', () => {
  beforeEach(async () => {
    await stow([
      ctFile(),
      ctFile({ SOPInstanceUID: '1.2.3.1.2' }),
      ctFile({ SOPInstanceUID: '1.2.3.2.1', SeriesInstanceUID: '1.2.3.2', Modality: 'SR' }),
      ctFile({
        SOPInstanceUID: '7.1',
        SeriesInstanceUID: '7.2',
        StudyInstanceUID: '7',
        PatientName: 'OTHER',
        StudyDate: '20250101',
      }),
    ]);
  });

  it('count series and instances of a study and name its modalities', async () => {
    const [study] = await json('dicom-web/studies?StudyInstanceUID=1.2.3');
    expect(study['00080061'].Value).toEqual(['CT', 'SR']);
    expect(study['00201206'].Value).toEqual([2]);
    expect(study['00201208'].Value).toEqual([3]);
  });

  it.each([
    ['PatientName=*head*', 1],
    ['00100010=syn*', 1],
    ['PatientName=s.n*', 0],
    ['StudyDate=20251231-20261231', 1],
    ['StudyDate=-20250101', 1],
    ['ModalitiesInStudy=SR', 1],
    ['ModalitiesInStudy=MR', 0],
    ['PatientID=P1&limit=1', 1],
    ['PatientID=P1&offset=2', 0],
    ['includefield=all', 2],
  ])('by %s give %i', async (parameters, count) => {
    expect(await json(`dicom-web/studies?${parameters}`)).toHaveLength(count);
  });

  it('go down to series and instances', async () => {
    expect(await json('dicom-web/studies/1.2.3/series')).toHaveLength(2);
    expect(await json('dicom-web/studies/1.2.3/series?Modality=CT')).toHaveLength(1);
    expect(await json('dicom-web/studies/1.2.3/series/1.2.3.1/instances')).toHaveLength(2);
    expect(await json('dicom-web/studies/0.0/series')).toEqual([]);
  });
});

describe('the server', () => {
  it('isolates its pages', async () => {
    const { headers } = await fetch(url);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('answers a route of the application with its page, but a missing plugin with 404', async () => {
    expect(await (await fetch(`${url}stroke-triage?StudyInstanceUIDs=1`)).text()).toContain('OHIF');
    expect((await fetch(`${url}plugins/plugin.js`)).status).toBe(200);
    expect((await fetch(`${url}plugins/none.js`)).status).toBe(404);
  });

  it('sends a plugin file again only when it has changed', async () => {
    const first = await fetch(`${url}plugins/plugin.js`);
    const tag = first.headers.get('ETag') ?? '';
    const askAgain = () => fetch(`${url}plugins/plugin.js`, { headers: { 'If-None-Match': tag } });
    expect((await askAgain()).status).toBe(304);
    await writeFile(path.join(folder, 'plugins/plugin.js'), 'export default { changed: true };');
    const changed = await askAgain();
    expect(changed.status).toBe(200);
    expect(await changed.text()).toContain('changed');
  });

  it.each([
    '/../secret.txt',
    '/plugins/../../secret.txt',
    '/plugins/..%2f..%2fsecret.txt',
    '/plugins/%2e%2e/%2e%2e/secret.txt',
  ])('never leaves its folders: %s', async rawPath => {
    const { hostname, port } = new URL(url);
    const body = await new Promise<string>((resolve, reject) => {
      httpRequest({ hostname, port, path: rawPath }, response => {
        let text = '';
        response.on('data', chunk => (text += String(chunk)));
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    expect(body).not.toContain('classified');
  });

  it('does not answer to a name that another site could point here', async () => {
    expect(await rawStatus('/dicom-web/studies', { host: 'evil.example' })).toBe(403);
    expect(await rawStatus('/dicom-web/studies', { host: 'localhost:1' })).toBe(200);
  });

  it('listens on the loopback interface only', () => {
    expect(server.address()).toMatchObject({ address: '127.0.0.1' });
  });

  it('says which PACS does not answer', async () => {
    await stop();
    ({ server, url } = await startDemoServer({
      ohifFolder: folder,
      pluginsFolder: folder,
      appConfig: '',
      source: { pacsRoot: 'http://127.0.0.1:1/dicom-web' },
      port: 0,
    }));
    const response = await fetch(`${url}dicom-web/studies`);
    expect(response.status).toBe(502);
    expect(await response.text()).toMatch(/PACS at http:\/\/127\.0\.0\.1:1\/dicom-web does not answer/);
  });
});
