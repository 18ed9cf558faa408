import { ArchiveClient } from './archiveClient';

/** A client of an archive that answers everything so. */
function clientOf(status: number, body: string | null): ArchiveClient {
  return new ArchiveClient({
    url: 'http://pacs/dicom-web',
    headers: () => ({}),
    fetch: async () => new Response(body, { status }),
    close: async () => undefined,
  });
}

async function studiesOf(client: ArchiveClient): Promise<string[]> {
  const found: string[] = [];
  for await (const { studyInstanceUID } of client.ctStudies('20260101')) {
    found.push(studyInstanceUID);
  }
  return found;
}

test.each<[string, number, string | null, string]>([
  ['a path that is not there', 404, 'not found', 'HTTP 404'],
  ['a login', 401, '', 'wants a login'],
  ['a web page', 200, '<!doctype html>', 'no DICOM JSON'],
])(
  '%s instead of an archive is an error in words, not an empty archive',
  async (_name, status, body, words) => {
    await expect(studiesOf(clientOf(status, body))).rejects.toThrow(words);
    await expect(studiesOf(clientOf(status, body))).rejects.toThrow('http://pacs/dicom-web/studies');
  }
);

test('an empty archive, by an empty list or by 204, has no studies', async () => {
  expect(await studiesOf(clientOf(200, '[]'))).toEqual([]);
  expect(await studiesOf(clientOf(204, null))).toEqual([]);
});

test.each<[string, (uids: string[], limit: number, offset: number) => string[]]>([
  ['pages', (uids, limit, offset) => uids.slice(offset, offset + limit)],
  ['cuts to the limit before it leaves out', (uids, limit, offset) => uids.slice(0, limit).slice(offset)],
])('all of 450 studies are found, each once, in an archive that %s', async (_name, pageOf) => {
  const uids = Array.from({ length: 450 }, (_, index) => `1.${index}`);
  const client = new ArchiveClient({
    url: 'http://pacs',
    headers: () => ({}),
    fetch: async url => {
      const asked = new URL(String(url)).searchParams;
      const page = pageOf(uids, Number(asked.get('limit')), Number(asked.get('offset')));
      return Response.json(page.map(uid => ({ '0020000D': { vr: 'UI', Value: [uid] } })));
    },
    close: async () => undefined,
  });
  expect(await studiesOf(client)).toEqual(uids);
});

test('a study that the archive no longer has, has no series', async () => {
  expect(await clientOf(404, '').series('1.2.3')).toEqual([]);
});

test.each(['<!doctype html><title>maintenance</title>', '', 'DICM'])(
  'what is no DICOM file (%j), under status 200, is an error of the archive and no damaged image',
  async body => {
    await expect(clientOf(200, body).instance('1', '2', '3')).rejects.toThrow('something else');
  }
);

test.each<[string, object, number]>([
  ['counts', { '00201209': { vr: 'IS', Value: [28] } }, 28],
  ['does not count', {}, 3],
])('the instances of a series are known, where the archive %s', async (_name, counted, instances) => {
  const client = new ArchiveClient({
    url: 'http://pacs',
    headers: () => ({}),
    fetch: async url =>
      Response.json(
        String(url).includes('/1.1/instances')
          ? [{}, {}, {}]
          : [{ '0020000E': { vr: 'UI', Value: ['1.1'] }, ...counted }]
      ),
    close: async () => undefined,
  });
  expect(await client.series('1')).toMatchObject([{ seriesInstanceUID: '1.1', instances }]);
});

test('an instance is given as the archive keeps it', async () => {
  const file = `${'\0'.repeat(128)}DICM...`;
  expect(new TextDecoder().decode(await clientOf(200, file).instance('1', '2', '3'))).toBe(file);
});
