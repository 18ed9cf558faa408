import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { TestServer, multipart } from '../testing/testServer';
import { image } from '../testing/dicomBytes';

interface Seen {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server that answers as a test wants, and keeps what it was asked. */
class FakePacs {
  readonly seen: Seen[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('[]');
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      this.seen.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      this.answer(request, response);
    });
  });

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let test: TestServer;
let pacs: FakePacs;

const useRoot = (root: string, authorization?: string) => test.start({ pacs: { root, authorization } });

beforeEach(async () => {
  test = await TestServer.make();
  pacs = await new FakePacs().start();
  await useRoot(`${pacs.origin}/rs`);
});

afterEach(async () => {
  pacs.stop();
  await test.remove();
});

const STOW = { 'content-type': 'multipart/related; type="application/dicom"; boundary=XBOUND' };
const stow = (headers: Record<string, string> = {}) =>
  test.raw('/dicom-web/studies', {
    method: 'POST',
    headers: { ...STOW, ...headers },
    body: multipart([image()]),
  });

describe('what passes to the PACS', () => {
  it('is the address, the body and the headers of DICOMweb', async () => {
    await stow({
      authorization: 'Bearer TOKEN',
      cookie: 'a=b',
      referer: 'http://x/',
      'x-forwarded-for': '1',
      te: 'trailers',
    });
    const [{ method, url, headers, body }] = pacs.seen;
    expect([method, url]).toEqual(['POST', '/rs/studies']);
    expect(body.equals(multipart([image()]))).toBe(true);
    expect(headers).toMatchObject({ ...STOW, authorization: 'Bearer TOKEN', 'accept-encoding': 'identity' });
    expect(Object.keys(headers).sort()).toEqual(
      ['accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host'].sort()
    );
    await test.raw('/dicom-web/studies?PatientName=A%20B&limit=1', { headers: { range: 'bytes=0-1' } });
    expect(pacs.seen[1]).toMatchObject({
      url: '/rs/studies?PatientName=A%20B&limit=1',
      headers: { range: 'bytes=0-1' },
    });
  });

  it('has the credentials of the command line where the page sends none', async () => {
    await test.stop();
    await useRoot(`${pacs.origin}/rs`, 'Basic abc');
    await test.raw('/dicom-web/studies');
    await test.raw('/dicom-web/studies', { headers: { authorization: 'Bearer page' } });
    expect(pacs.seen.map(({ headers }) => headers.authorization)).toEqual(['Basic abc', 'Bearer page']);
  });

  it.each([
    [403, 'POST', { origin: 'https://evil.example' }],
    [403, 'POST', { 'sec-fetch-site': 'cross-site' }],
    [403, 'GET', { 'sec-fetch-site': 'same-site' }],
    [415, 'POST', { 'content-type': 'text/plain; boundary=XBOUND' }],
    [405, 'DELETE', {}],
    [405, 'PUT', {}],
  ])(
    'is nothing that another site sends, nor what no page does: %i for %s %j',
    async (status, method, headers) => {
      const answer = await test.raw('/dicom-web/studies', { method, headers: { ...STOW, ...headers } });
      expect(answer.status).toBe(status);
      expect(pacs.seen).toEqual([]);
    }
  );

  it.each([
    '/dicom-web/..%2f..%2fsystem',
    '/dicom-web/%2e%2e%2fsystem',
    '/dicom-web/..%5csystem',
    '/dicom-web/x/%2e%2e/%2e%2e/system',
  ])('does not lead out of the service: %s', async address => {
    await test.raw(address);
    expect(pacs.seen).toEqual([]);
  });

  it('reaches no other host or port by an encoded path', async () => {
    await test.stop();
    await useRoot(pacs.origin.slice(0, -1));
    await test.raw(`/dicom-we%6${pacs.origin.slice(-1)}/x`);
    await test.raw(`/dicom-web${pacs.origin.slice(-1)}/x`);
    expect(pacs.seen).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i is not followed, and nothing counts as stored', async status => {
    const other = await new FakePacs().start();
    pacs.answer = (_, response) =>
      response.writeHead(status, { location: `${other.origin}/rs/studies` }).end();
    const stored = await stow({ authorization: 'Bearer TOKEN' });
    expect(stored.status).toBe(502);
    expect(stored.body.toString()).toContain('redirects');
    expect((await test.raw('/dicom-web/studies')).status).toBe(502);
    expect(other.seen).toEqual([]);
    other.stop();
  });
});

describe('what comes back', () => {
  it('has its links rewritten, wherever the pieces are cut', async () => {
    const root = `${pacs.origin}/rs`;
    const text = JSON.stringify([
      {
        link: `${root}/studies/1`,
        root,
        name: 'Müller',
        other: `${root}.evil.example/x`,
        port: `${pacs.origin}9/rs/x`,
      },
    ]);
    for (const size of [1, 7, 50]) {
      pacs.answer = async (_, response) => {
        response.writeHead(200, {
          'content-type': 'application/dicom+json',
          'content-length': Buffer.byteLength(text),
        });
        for (let at = 0; at < Buffer.byteLength(text); at += size) {
          response.write(Buffer.from(text).subarray(at, at + size));
          await new Promise(setImmediate);
        }
        response.end();
      };
      const [answer] = JSON.parse(
        (await test.raw('/dicom-web/studies', { headers: { host: 'localhost:1' } })).body.toString()
      );
      expect(answer).toEqual({
        link: 'http://localhost:1/dicom-web/studies/1',
        root: 'http://localhost:1/dicom-web',
        name: 'Müller',
        other: `${root}.evil.example/x`,
        port: `${pacs.origin}9/rs/x`,
      });
    }
  });

  it('arrives while the PACS is still sending', async () => {
    let finish = () => {};
    pacs.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).write('first');
      finish = () => response.end('last');
    };
    const response = await fetch(`${test.url}dicom-web/x`);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    finish();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
  });

  it('stays compressed where the PACS insists, so that nothing can blow up here', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20));
    pacs.answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    const { headers, body } = await test.raw('/dicom-web/x');
    expect(headers['content-encoding']).toBe('gzip');
    expect(body.equals(bomb)).toBe(true);
  });

  it('sets no cookie, asks for no password and runs no script here', async () => {
    pacs.answer = (_, response) =>
      response
        .writeHead(401, { 'set-cookie': 'a=b', 'www-authenticate': 'Basic', 'content-type': 'text/html' })
        .end('<script>');
    const { status, headers } = await test.raw('/dicom-web/x');
    expect(status).toBe(401);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['www-authenticate']).toBeUndefined();
    expect(headers['content-security-policy']).toContain('sandbox');
  });

  it.each([
    ['no HTTP', 'I am not HTTP\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['nothing', ''],
  ])('as %s is answered with 502', async (_what, bytes) => {
    pacs.answer = request => {
      request.socket.write(bytes);
      request.socket.end();
    };
    const { status, body } = await test.raw('/dicom-web/x');
    expect(status).toBe(502);
    expect(body.toString()).toMatch(/^The PACS at http:\/\/127\.0\.0\.1:\d+\/rs /);
    pacs.answer = (_, response) => response.end('ok');
    expect((await test.raw('/dicom-web/x')).status).toBe(200);
  });

  it('and is cut off is cut off here as well', async () => {
    pacs.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('[');
      setTimeout(() => response.destroy(), 50);
    };
    await expect(test.raw('/dicom-web/x')).rejects.toThrow(/aborted|hang up/);
  });
});

describe('a PACS', () => {
  it('that does not answer is named', async () => {
    await test.stop();
    await useRoot('http://127.0.0.1:1/dicom-web');
    const { status, body } = await test.raw('/dicom-web/studies');
    expect(status).toBe(502);
    expect(body.toString()).toMatch(/PACS at http:\/\/127\.0\.0\.1:1\/dicom-web does not answer/);
  });

  it('that is silent is given up', async () => {
    await test.stop();
    await test.start({ pacs: { root: pacs.origin, silenceMs: 200 } });
    pacs.answer = () => undefined;
    const { status, body } = await test.raw('/dicom-web/studies');
    expect(status).toBe(504);
    expect(body.toString()).toContain('silent');
  });

  it('works no longer for a reader who has left', async () => {
    const { hostname, port } = new URL(test.url);
    const closed = new Promise<void>(resolve => {
      pacs.answer = request => request.socket.on('close', () => resolve());
    });
    const socket = connect(Number(port), hostname);
    socket.write('GET /dicom-web/slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    while (!pacs.seen.length) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    socket.destroy();
    await closed;
  });
});
