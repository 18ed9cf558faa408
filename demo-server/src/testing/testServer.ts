import { type BufferPart, bufferParts } from '../http/multipart';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { DicomStore, type ImportReport } from '../dicomweb/dicomStore';
import { startDemoServer, type DemoServerOptions } from '../demoServer';

export type DicomJsonAnswer = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>;

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A demo server on a free port, with an OHIF build, plugins and a store in a folder of its own. */
export class TestServer {
  url = '';
  server!: Server;
  store!: DicomStore;
  opened!: ImportReport;
  /** Address of a scoring server's status page; may be set at any time. */
  statusPage: string | undefined;

  private constructor(readonly folder: string) {}

  /** Before each test gives it a server of its own, which answers; takes it away afterwards. */
  static forEachTest(use: (test: TestServer) => void): void {
    let test: TestServer;
    beforeEach(async () => {
      test = await TestServer.make();
      await test.start();
      use(test);
    });
    afterEach(() => test.remove());
  }

  static async make(): Promise<TestServer> {
    const test = new TestServer(await mkdtemp(path.join(os.tmpdir(), 'deep-aspects-test-')));
    await mkdir(path.join(test.folder, 'ohif'));
    await mkdir(path.join(test.folder, 'plugins'));
    await writeFile(path.join(test.folder, 'ohif/index.html'), '<title>OHIF</title>');
    await writeFile(path.join(test.folder, 'plugins/plugin.js'), 'export default {};');
    await writeFile(path.join(test.folder, 'secret.txt'), 'classified');
    return test;
  }

  get storeFolder(): string {
    return path.join(this.folder, 'store');
  }

  /** Starts on the embedded store, with `inPlace` read before it, or on a PACS. */
  async start(
    source?: Extract<DemoServerOptions['source'], { pacs: unknown }>,
    inPlace?: string
  ): Promise<void> {
    this.store = new DicomStore(this.storeFolder);
    if (inPlace) {
      await this.store.readInPlace(inPlace);
    }
    this.opened = await this.store.open();
    ({ server: this.server, url: this.url } = await startDemoServer({
      ohifFolder: path.join(this.folder, 'ohif'),
      pluginsFolder: path.join(this.folder, 'plugins'),
      appConfig: 'window.config = {};',
      source: source ?? { store: this.store },
      port: 0,
      statusPage: () => this.statusPage,
    }));
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  stow(files: readonly Buffer[], address = 'dicom-web/studies'): Promise<Response> {
    return fetch(this.url + address, {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=XBOUND' },
      body: new Uint8Array(multipart(files)),
    });
  }

  async json(address: string): Promise<DicomJsonAnswer[]> {
    const response = await fetch(this.url + address);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    return (await response.json()) as DicomJsonAnswer[];
  }

  async parts(address: string): Promise<BufferPart[]> {
    const response = await fetch(this.url + address);
    expect(response.status).toBe(200);
    return bufferParts(Buffer.from(await response.arrayBuffer()), response.headers.get('content-type') ?? '');
  }

  /** Sends a path and headers as they are; `fetch` would tidy them up. Rejects where no answer comes. */
  raw(rawPath: string, { method = 'GET', headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const request = httpRequest({ hostname, port, method, path: rawPath, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          })
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

export function multipart(files: readonly Buffer[], type = 'application/dicom'): Buffer {
  return Buffer.concat([
    ...files.flatMap(file => [
      Buffer.from(`--XBOUND\r\nContent-Type: ${type}\r\n\r\n`),
      file,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--XBOUND--\r\n'),
  ]);
}
