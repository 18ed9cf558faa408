import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArchiveClient } from './archiveClient';
import { connectArchive } from './archiveSettings';

const TIMEOUT_MS = 300;

let server: Server;
let url: string;
let begin: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((_request, response) => begin(response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Writes a bit now and then, for ever. */
function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/dicom+json' });
  const timer = setInterval(() => response.write(' '), TIMEOUT_MS / 3);
  response.on('close', () => clearInterval(timer));
}

test.each<[string, (response: ServerResponse) => void, string]>([
  ['never begins', () => undefined, 'Headers Timeout Error'],
  ['stops in the middle', response => void response.write('[{'), 'Body Timeout Error'],
  ['never ends', trickle, `did not end in ${TIMEOUT_MS / 100} s`],
  [
    'is cut off',
    response => {
      response.writeHead(200, { 'Content-Length': 100 }).write('[{', () => response.destroy());
    },
    'other side closed',
  ],
])(
  'an answer that %s is an error with its reason, after a limited time',
  async (_name, answer, reason) => {
    begin = answer;
    const connection = connectArchive({ url, timeoutMs: TIMEOUT_MS });
    try {
      await expect(new ArchiveClient(connection).series('1.2.3')).rejects.toThrow(reason);
    } finally {
      await connection.close();
    }
  },
  20_000
);

test('an answer that takes its time, longer in all than each part of it may, is read', async () => {
  begin = response => {
    response.write('[');
    const parts = [' ', ' ', ' ', ']'];
    const timer = setInterval(() => {
      response.write(parts.shift());
      if (parts.length === 0) {
        clearInterval(timer);
        response.end();
      }
    }, TIMEOUT_MS / 2);
  };
  const connection = connectArchive({ url, timeoutMs: TIMEOUT_MS });
  await expect(new ArchiveClient(connection).series('1.2.3')).resolves.toEqual([]);
  await connection.close();
}, 20_000);

test('an answer without a body, and one that is refused, come as they are', async () => {
  const connection = connectArchive({ url, timeoutMs: TIMEOUT_MS });
  const client = new ArchiveClient(connection);
  begin = response => response.writeHead(204).end();
  await expect(client.series('1.2.3')).resolves.toEqual([]);
  begin = response => response.writeHead(503).end('<h1>busy</h1>');
  await expect(client.series('1.2.3')).rejects.toThrow('HTTP 503');
  await connection.close();
});
