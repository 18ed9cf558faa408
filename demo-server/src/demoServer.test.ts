import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { element, image } from './testing/dicomBytes';
import { multipart, TestServer } from './testing/testServer';

let test: TestServer;
TestServer.forEachTest(server => (test = server));

describe('the pages', () => {
  it('are isolated', async () => {
    const { headers } = await fetch(test.url);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('are the application for its routes, but 404 for a missing plugin', async () => {
    expect(await (await fetch(`${test.url}stroke-triage?StudyInstanceUIDs=1`)).text()).toContain('OHIF');
    expect((await fetch(`${test.url}plugins/plugin.js`)).status).toBe(200);
    expect((await fetch(`${test.url}plugins/none.js`)).status).toBe(404);
  });

  it('send a plugin file again only when it has changed', async () => {
    const first = await fetch(`${test.url}plugins/plugin.js`);
    const tag = first.headers.get('ETag') ?? '';
    const askAgain = () => fetch(`${test.url}plugins/plugin.js`, { headers: { 'If-None-Match': tag } });
    expect((await askAgain()).status).toBe(304);
    await writeFile(path.join(test.folder, 'plugins/plugin.js'), 'export default { changed: true };');
    const changed = await askAgain();
    expect(changed.status).toBe(200);
    expect(await changed.text()).toContain('changed');
  });

  it.each([
    '/../secret.txt',
    '/plugins/../../secret.txt',
    '/plugins/..%2f..%2fsecret.txt',
    '/plugins/%2e%2e/%2e%2e/secret.txt',
    '/plugins/..%5c..%5csecret.txt',
    '//secret.txt',
  ])('never leave their folders: %s', async rawPath => {
    expect((await test.raw(rawPath)).body.toString()).not.toContain('classified');
  });

  it.each(['/%', '/%c0%ae', '//[', 'http://:x/'])(
    'answer an address that is none with 400: %s',
    async rawPath => {
      expect((await test.raw(rawPath)).status).toBe(400);
    }
  );

  it('do not answer to a name that another site could point here', async () => {
    const host = (name: string) => test.raw('/dicom-web/studies', { headers: { host: name } });
    expect((await host('evil.example')).status).toBe(403);
    expect((await host('localhost.evil.example')).status).toBe(403);
    expect((await host('localhost:1')).status).toBe(200);
  });

  it('are on the loopback interface only', () => {
    expect(test.server.address()).toMatchObject({ address: '127.0.0.1' });
  });
});

describe("the scoring server's states", () => {
  it('are passed on once it is there, and nothing else of it', async () => {
    const asked: string[] = [];
    const scoring = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('Content-Type', 'application/json');
      response.end('{"studies":{"1.2.3":{"state":"queued"}}}');
    });
    await new Promise<void>(resolve => scoring.listen(0, '127.0.0.1', resolve));
    try {
      expect((await test.raw('/scoring/studies')).status).toBe(503);
      test.statusPage = `http://127.0.0.1:${(scoring.address() as AddressInfo).port}`;
      const answer = await fetch(`${test.url}scoring/studies`);
      expect(await answer.json()).toEqual({ studies: { '1.2.3': { state: 'queued' } } });
      expect((await test.raw('/scoring/studies', { method: 'POST' })).status).toBe(405);
      for (const other of [
        '/scoring/',
        '/scoring/metrics',
        '/scoring/complete/1.2.3',
        '/scoring/studies/..',
      ]) {
        expect((await test.raw(other)).body.toString()).toContain('OHIF');
      }
      expect(asked).toEqual(['GET /studies']);
    } finally {
      scoring.close();
    }
  });
});

describe('another site', () => {
  const own = 'multipart/related; type="application/dicom"; boundary=XBOUND';
  const post = (headers: Record<string, string>) =>
    test.raw('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': own, ...headers },
      body: multipart([image()]),
    });

  it.each([
    [403, { origin: 'https://evil.example' }],
    [403, { origin: 'null' }],
    [403, { origin: 'http://localhost:1' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'same-site' }],
    [415, { 'content-type': 'text/plain; boundary=XBOUND' }],
    [415, { 'content-type': 'multipart/form-data; boundary=XBOUND' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded; boundary=XBOUND' }],
    [415, { 'content-type': '' }],
  ])('cannot have a browser store here: %i for %j', async (status, headers) => {
    expect((await post(headers)).status).toBe(status);
    expect(await test.json('dicom-web/studies')).toEqual([]);
  });

  it('cannot make the store work by an image or a link', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const { status } = await test.raw('/dicom-web/studies', { headers: { 'sec-fetch-site': site } });
      expect(status).toBe(403);
    }
  });

  it('can link to the viewer', async () => {
    expect((await test.raw('/stroke-triage', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
      200
    );
  });

  it.each<[Record<string, string>]>([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{}],
  ])('is not who sends %j', async headers => {
    const { host } = new URL(test.url);
    expect((await post({ ...headers, origin: `http://${host}`, host })).status).toBe(200);
  });

  it('cannot have what a file holds run as a page of this server', async () => {
    await post({});
    const { headers } = await test.raw('/dicom-web/studies');
    expect(headers['content-security-policy']).toContain('sandbox');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a body', () => {
  const headers = { 'content-type': 'multipart/related; boundary=XBOUND' };

  it('that is announced as too large is refused before it is read', async () => {
    const { hostname, port } = new URL(test.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.on('data', data => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.on('error', reject);
      socket.write(
        `POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${headers['content-type']}\r\nContent-Length: 1000000000000\r\n\r\n--X`
      );
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('that turns out too large is refused as well', async () => {
    const piece = new Uint8Array(16 * 2 ** 20);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.length;
        return sent > 300 * 2 ** 20 ? controller.close() : controller.enqueue(piece);
      },
    });
    const request: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' };
    const response = await fetch(`${test.url}dicom-web/studies`, request);
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('256 MiB');
  });

  it.each([
    ['ends before its last part does', '--XBOUND\r\nContent-Type: application/dicom\r\n\r\nabc'],
    ['has another boundary', '--XBOUNDY\r\nContent-Type: application/dicom\r\n\r\nabc\r\n--XBOUNDY--\r\n'],
    ['has a part without a header', '--XBOUND\r\nabc\r\n--XBOUND--\r\n'],
    ['is empty', ''],
  ])('that %s is refused with 400', async (_what, body) => {
    expect((await test.raw('/dicom-web/studies', { method: 'POST', headers, body })).status).toBe(400);
  });

  it('may hold the boundary among its pixels', async () => {
    const pixels = element('7FE00010', 'OW', Buffer.from('--XBOUND x\r\n--XBOUNDARY ..'));
    const file = image({ rows: 1, columns: 12, pixels });
    expect((await test.stow([file, image({ instance: '1.2.3.1.2' })])).status).toBe(200);
    const [kept] = await test.parts('dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1');
    expect(kept.body.equals(file)).toBe(true);
  });
});
