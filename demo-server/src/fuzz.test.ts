import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { element, fragments, image, sequence } from './testing/dicomBytes';
import { multipart, TestServer } from './testing/testServer';

/**
 * Mutated uploads: no answer is an internal error, none takes long, and none touches another study.
 * `DEEP_ASPECTS_FUZZ` sets their number, `DEEP_ASPECTS_FUZZ_SEED` another seed.
 */
const UPLOADS = Number(process.env.DEEP_ASPECTS_FUZZ ?? 40);
const SEED = Number(process.env.DEEP_ASPECTS_FUZZ_SEED ?? 20261126);
const SLOWEST_MS = 20_000;

const demo = path.resolve('demo-server/demo-studies/left-mca');
const demoFiles = readdirSync(demo).filter(name => name.endsWith('.dcm'));
const BASES = [
  readFileSync(path.join(demo, demoFiles[0])),
  readFileSync(path.join(demo, demoFiles[14])),
  image({ rows: 32, columns: 32, further: sequence('00081115', element('00081150', 'UI', '1.2')) }),
  image({ transferSyntax: '1.2.840.10008.1.2.1.99', rows: 32, columns: 32 }),
  image({
    transferSyntax: '1.2.840.10008.1.2.4.70',
    frames: '2',
    pixels: fragments([0, 108], Buffer.alloc(100, 1), Buffer.alloc(60, 2)),
  }),
];
const HEADER_BYTES = 2500;

type Mutation = (bytes: Buffer) => Buffer;

/** A place in the header, where almost everything is decided, or anywhere. */
const place = fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));
const at = ([anywhere, share]: [boolean, number], bytes: Buffer) =>
  Math.floor(share * (anywhere ? bytes.length : Math.min(bytes.length, HEADER_BYTES)));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(([where, value]): Mutation => bytes => {
    const changed = Buffer.from(bytes);
    changed[at(where, bytes)] = value;
    return changed;
  }),
  fc
    .tuple(place, fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff))
    .map(([where, value]): Mutation => bytes => {
      const changed = Buffer.from(bytes);
      changed.writeUInt32LE(value, Math.min(at(where, bytes), bytes.length - 4));
      return changed;
    }),
  place.map(
    (where): Mutation =>
      bytes =>
        bytes.subarray(0, at(where, bytes))
  ),
  fc.tuple(place, fc.nat(64)).map(
    ([where, length]): Mutation =>
      bytes =>
        Buffer.concat([bytes.subarray(0, at(where, bytes)), bytes.subarray(at(where, bytes) + length)])
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 200 })).map(
    ([where, more]): Mutation =>
      bytes =>
        Buffer.concat([bytes.subarray(0, at(where, bytes)), more, bytes.subarray(at(where, bytes))])
  ),
  fc.tuple(place, place, fc.nat(400)).map(([from, to, length]): Mutation => bytes => {
    const changed = Buffer.from(bytes);
    bytes.copy(changed, at(to, bytes), at(from, bytes), at(from, bytes) + length);
    return changed;
  })
);

/** One in eight mutates the multipart body around the file as well. */
const upload = fc.record({
  base: fc.constantFrom(...BASES),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 2 }),
  around: fc.option(mutation, { freq: 7 }),
});

let test: TestServer;

beforeAll(async () => {
  test = await TestServer.make();
  await test.start();
});

afterAll(() => test.remove());

const BYSTANDER = 'dicom-web/studies/1.9/series/1.9.1/instances/1.9.1.1';

it(
  `of ${UPLOADS} mutated uploads none is answered by an internal error, takes long or damages another study`,
  async () => {
    const bystander = image({ study: '1.9', series: '1.9.1', instance: '1.9.1.1', name: 'BYSTANDER' });
    await test.stow([bystander]);
    const statuses = new Map<number, number>();
    const ask = async (address: string, body?: Buffer) => {
      const started = performance.now();
      const headers = { 'content-type': 'multipart/related; boundary=XBOUND' };
      const answer = await test.raw(address, body ? { method: 'POST', headers, body } : {});
      expect([200, 202, 400, 404, 409]).toContain(answer.status);
      expect(answer.body.toString('latin1')).not.toMatch(/\n\s+at |node:internal|RangeError|TypeError/);
      expect(performance.now() - started).toBeLessThan(SLOWEST_MS);
      return answer;
    };
    await fc.assert(
      fc.asyncProperty(upload, async ({ base, mutations, around }) => {
        const file = mutations.reduce((bytes, mutate) => (bytes.length > 4 ? mutate(bytes) : bytes), base);
        const body = multipart([file]);
        const { status } = await ask('/dicom-web/studies', around ? around(body) : body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // What was taken can be asked for, whatever it is.
        for (const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } of test.store.find()) {
          const instance = `/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
          for (const resource of ['/metadata', '/frames/1', '/bulkdata/7FE00010']) {
            await ask(instance + resource);
          }
        }
        const [untouched] = await test.parts(BYSTANDER);
        expect(untouched.body.equals(bystander)).toBe(true);
      }),
      { seed: SEED, numRuns: UPLOADS, endOnFailure: true }
    );
    // Some were taken (about one in eight) and some refused, or the mutations say nothing.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 409]));
    await test.stop();
    await test.start();
    expect((await test.parts(BYSTANDER))[0].body.equals(bystander)).toBe(true);
  },
  20_000 + UPLOADS * 3000
);
