import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { ArchiveClient } from './archiveClient';
import { connectArchive, type ArchiveSettings } from './archiveSettings';

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];

let folder: string;
const pem = (name: string) => path.join(folder, `${name}.pem`);
const key = (name: string) => path.join(folder, `${name}.key`);

/** A certificate and its key, signed by that authority or, an authority, by itself. */
function certify(name: string, authority?: string, more: readonly string[] = []): void {
  const signed = authority === undefined ? [] : ['-CA', pem(authority), '-CAkey', key(authority)];
  const files = ['-keyout', key(name), '-out', pem(name), '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...CURVE, ...files, ...signed, ...more], { stdio: 'pipe' });
}

interface Seen {
  readonly authorization?: string;
  readonly client: string;
}

/** An archive that wants a certificate of the site's authority, and answers every question with nothing. */
async function archive(certificate: string): Promise<{ server: Server; url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(
    {
      cert: readFileSync(pem(certificate)),
      key: readFileSync(key(certificate)),
      ca: readFileSync(pem('site')),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      seen.push({ authorization: request.headers.authorization, client: String(subject.CN) });
      response.end('[]');
    }
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

let site: Awaited<ReturnType<typeof archive>>;
let misnamed: Awaited<ReturnType<typeof archive>>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'deep-aspects-tls-'));
  certify('site');
  certify('stranger');
  certify('pacs', 'site', ['-addext', 'subjectAltName=IP:127.0.0.1']);
  certify('elsewhere', 'site', ['-addext', 'subjectAltName=DNS:elsewhere.example']);
  certify('client', 'site');
  certify('intruder', 'stranger');
  [site, misnamed] = [await archive('pacs'), await archive('elsewhere')];
});

afterAll(() => {
  for (const { server } of [site, misnamed]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

beforeEach(() => site.seen.splice(0));

/** Asks the archive for the series of a study, as the service does. */
async function ask(settings: Partial<ArchiveSettings>): Promise<unknown> {
  const connection = connectArchive({ url: site.url, timeoutMs: 5000, ...settings });
  try {
    return await new ArchiveClient(connection).series('1.2.3');
  } finally {
    await connection.close();
  }
}

const trusted = () => ({ caFile: pem('site'), certificateFile: pem('client'), keyFile: key('client') });

test('an archive with a certificate of its own authority is asked, with the certificate of this client', async () => {
  await expect(ask(trusted())).resolves.toEqual([]);
  expect(site.seen).toEqual([{ authorization: undefined, client: 'client' }]);
});

test.each<[string, () => Partial<ArchiveSettings>, string]>([
  [
    'signed by an authority that this machine does not know',
    () => ({ ...trusted(), caFile: undefined }),
    'certificate in certificate chain',
  ],
  [
    'signed by another authority than the one named',
    () => ({ ...trusted(), caFile: pem('stranger') }),
    'certificate in certificate chain',
  ],
  [
    'made for another host',
    () => ({ ...trusted(), url: misnamed.url }),
    "does not match certificate's altnames",
  ],
])(
  'an archive whose certificate is %s is told nothing, and the error says why',
  async (_name, settings, reason) => {
    const bearerToken = 'secret';
    await expect(ask({ ...settings(), bearerToken })).rejects.toThrow(reason);
    expect([...site.seen, ...misnamed.seen]).toEqual([]);
  }
);

test.each<[string, () => Partial<ArchiveSettings>]>([
  ['no certificate', () => ({ caFile: pem('site') })],
  [
    'one of another authority',
    () => ({ caFile: pem('site'), certificateFile: pem('intruder'), keyFile: key('intruder') }),
  ],
])('a client with %s gets no answer', async (_name, settings) => {
  await expect(ask(settings())).rejects.toThrow();
  expect(site.seen).toEqual([]);
});

test.each<[string, Partial<ArchiveSettings>, string]>([
  ['a token', { bearerToken: 'abc.def' }, 'Bearer abc.def'],
  ['a login', { basicLogin: 'jörg:p:w' }, 'Basic asO2cmc6cDp3'],
  ['a token before a login', { bearerToken: 't', basicLogin: 'a:b' }, 'Bearer t'],
])('%s goes with every question', async (_name, settings, authorization) => {
  await ask({ ...trusted(), ...settings });
  expect(site.seen).toEqual([{ authorization, client: 'client' }]);
});

test('a port at which nobody listens is named as such', async () => {
  const nobody = createServer();
  await new Promise<void>(resolve => nobody.listen(0, '127.0.0.1', resolve));
  const free = (nobody.address() as AddressInfo).port;
  await new Promise(resolve => nobody.close(resolve));
  await expect(ask({ ...trusted(), url: `https://127.0.0.1:${free}` })).rejects.toThrow(/ECONNREFUSED/);
});

test('a certificate file that cannot be read is an error at once', () => {
  expect(() => connectArchive({ url: site.url, timeoutMs: 1, caFile: pem('none') })).toThrow('none.pem');
});
