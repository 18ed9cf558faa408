import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import dcmjs from 'dcmjs';
import fc from 'fast-check';
import { Networks } from '../models/networks';
import { findStudies } from './findStudies';
import { scoreStudy } from './scoreStudy';

/**
 * Mutated series: each ends in a refusal, or in the score of the unchanged one, or in another one with a
 * warning; none in an internal error or a hang. `DEEP_ASPECTS_FUZZ` sets their number,
 * `DEEP_ASPECTS_FUZZ_SEED` another seed.
 */
const SERIES = Number(process.env.DEEP_ASPECTS_FUZZ ?? 40);
const SEED = Number(process.env.DEEP_ASPECTS_FUZZ_SEED ?? 20261127);
/** Of the processor: nothing in it waits for anything, and others may keep the machine busy. */
const SLOWEST_US = 20_000_000;
/** What a score may differ by without a warning. */
const VOLUME_SHARE = 0.1;

const SIZE = 128;
const PHANTOM = { slices: 12, distanceMm: 10, firstMm: -45, size: SIZE };

type Value = string | number;
/** A slice: single elements by tag (`GGGGEEEE`), pixels, and what is done to the bytes of its file. */
interface Slice {
  elements: Record<string, { vr: string; Value: Value[] } | undefined>;
  pixels: Int16Array;
  bytes?: (file: Buffer) => Buffer;
}
type Mutation = (slices: Slice[]) => Slice[];

/** The mutation as a failure's report calls it. */
const named = (name: string, mutate: Mutation): Mutation =>
  Object.assign(mutate, { [fc.toStringMethod]: () => name });

const SLICES = basePhantom();

function basePhantom(): (() => Slice)[] {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  execFileSync(process.execPath, [join('tests/fixtures/phantomDicom.mjs'), folder, JSON.stringify(PHANTOM)]);
  return readdirSync(folder)
    .map(name => {
      const bytes = readFileSync(join(folder, name));
      const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const { '7FE00010': pixelData, ...elements } = dcmjs.data.DicomMessage.readFile(whole).dict;
      const stored = new Int16Array((pixelData.Value as ArrayBuffer[])[0]);
      return {
        elements: JSON.stringify(elements),
        stored,
        instance: Number(elements['00200013'].Value?.[0]),
      };
    })
    .sort((a, b) => a.instance - b.instance)
    .map(({ elements, stored }) => () => ({
      elements: JSON.parse(elements) as Slice['elements'],
      pixels: stored.slice(),
    }));
}

function fileOf({ elements, pixels, bytes }: Slice): Buffer {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      MediaStorageSOPInstanceUID: '1.2.3',
      TransferSyntaxUID: '1.2.840.10008.1.2.1',
    })
  );
  const held = Object.entries(elements).filter(([, element]) => element !== undefined);
  file.dict = {
    ...(Object.fromEntries(held) as typeof file.dict),
    '7FE00010': { vr: 'OW', Value: [pixels.slice().buffer] },
  };
  const written = Buffer.from(file.write({ allowInvalidVRLength: true, fragmentMultiframe: false }));
  return bytes ? bytes(written) : written;
}

const index = fc.nat(PHANTOM.slices - 1);
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
/** One slice, or all of them. */
const where = fc.option(index, { freq: 2 });

/** Changes one slice or all. */
const changing = (at: number | null, name: string, change: (slice: Slice, i: number) => void): Mutation =>
  named(`${name} of ${at === null ? 'all slices' : `slice ${at}`}`, slices => {
    slices.forEach((slice, i) => (at === null || at === i ? change(slice, i) : undefined));
    return slices;
  });
const set =
  (tag: string, vr: string, ...Value: Value[]) =>
  (slice: Slice) => {
    slice.elements[tag] = { vr, Value };
  };
const setting = (tag: string, vr: string, values: readonly Value[]) =>
  fc
    .tuple(where, fc.constantFrom(...values))
    .map(([at, value]) =>
      changing(
        at,
        `${tag} = "${value}"`,
        set(tag, vr, ...(typeof value === 'string' ? value.split('\\') : [value]))
      )
    );

const SOP_UID = '00080018';
const POSITION = '00200032';

const arrangement: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .uniqueArray(index, { minLength: 1, maxLength: 8 })
    .map(gone =>
      named(`without slices ${gone.join()}`, slices => slices.filter((_, i) => !gone.includes(i)))
    ),
  fc.tuple(index, fc.boolean()).map(([at, renamed]) =>
    named(`slice ${at} twice${renamed ? ' under two UIDs' : ''}`, slices => {
      const copy = SLICES[at]();
      if (renamed) {
        set(SOP_UID, 'UI', '1.2.3.4.5.6')(copy);
      }
      return [...slices, copy];
    })
  ),
  fc.tuple(index, index).map(([a, b]) =>
    named(`pixels of slices ${a} and ${b} exchanged`, slices => {
      if (slices[a] && slices[b]) {
        [slices[a].pixels, slices[b].pixels] = [slices[b].pixels, slices[a].pixels];
      }
      return slices;
    })
  ),
  fc.shuffledSubarray([...SLICES.keys()], { minLength: PHANTOM.slices }).map(order =>
    named(`positions in the order ${order.join()}`, slices => {
      const positions = slices.map(({ elements }) => elements[POSITION]);
      slices.forEach(({ elements }, i) => (elements[POSITION] = positions[order[i] % slices.length]));
      return slices;
    })
  ),
  fc.tuple(index, fc.constantFrom(-1e6, -300, -30, -5, 5, 30, 300, 1e6)).map(([at, shift]) =>
    changing(at, `height + ${shift}`, ({ elements }) => {
      const [x, y, z] = elements[POSITION]?.Value ?? [0, 0, 0];
      elements[POSITION] = { vr: 'DS', Value: [x, y, Number(z) + shift] };
    })
  )
);

const attribute: fc.Arbitrary<Mutation> = fc.oneof(
  setting('00281053', 'DS', ['nan', '2', '0.5', '-1', '0', '1e300', '1,0', '', '1.0', '1\\2', 'Infinity']),
  setting('00281052', 'DS', ['nan', '-1024', '1024', '40', '-40', '', '1e9', 'x']),
  setting('00280030', 'DS', ['0\\0', '-1\\-1', '0.3\\0.3', '9\\9', '1e9\\1e9', 'a\\b', '1', '']),
  setting('00200037', 'DS', [
    '0\\0\\0\\0\\0\\0',
    '1\\0\\0\\0\\0\\1',
    '0\\1\\0\\0\\0\\1',
    '1\\0\\0',
    'nan\\0\\0\\0\\1\\0',
    '',
  ]),
  setting(POSITION, 'DS', ['0\\0\\0', 'nan\\0\\0', '1\\2', '', '1e30\\1e30\\1e30']),
  setting('00280100', 'US', [8, 16, 32, 0, 12]),
  setting('00280101', 'US', [12, 8, 16, 0, 17]),
  setting('00280102', 'US', [11, 0, 15, 40]),
  setting('00280103', 'US', [0, 1, 2]),
  setting('00280010', 'US', [0, 1, 64, 127, 129, 65535]),
  setting('00280011', 'US', [0, 1, 64, 127, 129, 65535]),
  setting('00280004', 'CS', ['MONOCHROME1', 'RGB', '', 'PALETTE COLOR']),
  setting('00280120', 'SS', [0, -1000, 30, -2000]),
  setting('00280008', 'IS', ['2', '0', '-1', 'many']),
  setting('00080060', 'CS', ['MR', '', 'CT']),
  setting('00080008', 'CS', ['DERIVED\\SECONDARY', 'ORIGINAL\\PRIMARY\\LOCALIZER', '']),
  setting('00180050', 'DS', ['0', '-5', '1000', 'thick', '']),
  setting('0020000D', 'UI', ['', '1.2', '../../x', 'constructor', '1'.repeat(80)]),
  setting(SOP_UID, 'UI', ['', '1.2', '__proto__']),
  setting('00100010', 'PN', ['\x1b[31mRED', 'A'.repeat(200), '<b>']),
  setting('00080005', 'CS', ['ISO_IR 999', '\\ISO 2022 IR 87', '__proto__']),
  setting('00091010', 'LO', ['private', 'x'.repeat(5000)]),
  fc
    .tuple(
      where,
      fc.constantFrom(
        '00281053',
        '00281052',
        '00280030',
        POSITION,
        '00200037',
        '00280103',
        '0020000E',
        '00080060'
      )
    )
    .map(([at, tag]) => changing(at, `no ${tag}`, ({ elements }) => delete elements[tag]))
);

/** From part to part of the pixels, in order. */
const part = fc
  .tuple(share, share)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)].map(end => Math.floor(end * SIZE * SIZE)));

const pixels: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .tuple(where, fc.integer({ min: -2000, max: 2000 }))
    .map(([at, offset]) =>
      changing(at, `HU + ${offset}`, slice => (slice.pixels = slice.pixels.map(value => value + offset)))
    ),
  fc
    .tuple(where, fc.constantFrom(-1000, 0, 40, 32767))
    .map(([at, value]) => changing(at, `HU = ${value}`, slice => slice.pixels.fill(value))),
  fc
    .tuple(where, part)
    .map(([at, [from, to]]) =>
      changing(at, `pixels ${from}-${to} = 0`, slice => slice.pixels.fill(0, from, to))
    ),
  fc.tuple(where, fc.nat(1e6)).map(([at, seed]) =>
    changing(at, `noise ${seed}`, (slice, i) => {
      slice.pixels = slice.pixels.map((_, k) => 35 + (((k + i) * (2 * seed + 1)) % 11));
    })
  ),
  fc
    .tuple(where, share)
    .map(([at, kept]) =>
      changing(
        at,
        `${kept} of the pixels`,
        slice => (slice.pixels = slice.pixels.slice(0, kept * SIZE * SIZE))
      )
    ),
  where.map(at => changing(at, 'pixels turned by 180 degrees', slice => slice.pixels.reverse()))
);

/** A place in the header. */
const place = share.map(at => Math.floor(132 + at * 1200));

const bytes: fc.Arbitrary<Mutation> = fc
  .tuple(
    where,
    fc.oneof(
      share.map(
        kept => [`${kept} of the bytes`, (file: Buffer) => file.subarray(0, kept * file.length)] as const
      ),
      fc
        .tuple(place, fc.nat(255))
        .map(
          ([at, value]) =>
            [
              `byte ${at} = ${value}`,
              (file: Buffer) =>
                Buffer.concat([file.subarray(0, at), Buffer.from([value]), file.subarray(at + 1)]),
            ] as const
        ),
      fc
        .tuple(place, fc.nat(64))
        .map(
          ([at, length]) =>
            [
              `without bytes ${at} to ${at + length}`,
              (file: Buffer) => Buffer.concat([file.subarray(0, at), file.subarray(at + length)]),
            ] as const
        )
    )
  )
  .map(([at, [name, change]]) => changing(at, name, slice => (slice.bytes = change)));

const mutations = fc.array(fc.oneof(arrangement, attribute, pixels, bytes), { minLength: 1, maxLength: 2 });

const networks = new Networks('tests/fixtures/models', { provider: 'cpu', threads: 1 });

/** The outcome of each study that the files make. */
async function outcomes(slices: readonly Slice[]) {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  mkdirSync(join(folder, 'ct'));
  slices.forEach((slice, i) => writeFileSync(join(folder, 'ct', `${i}.dcm`), fileOf(slice)));
  const found = [];
  for (const study of findStudies([folder]).studies) {
    found.push(await scoreStudy(study, networks, {}));
  }
  rmSync(folder, { recursive: true });
  return found;
}

/** Whether two readings say the same, as far as a reader acts on it. */
function saysTheSame(a: AspectsResult, b: AspectsResult): boolean {
  const [more, less] = [a.infarct.volumeMl, b.infarct.volumeMl].sort((one, other) => other - one);
  return a.score === b.score && more - less <= VOLUME_SHARE * more;
}

it(
  `of ${SERIES} mutated series none ends in an internal error, a hang, or another score without a warning`,
  async () => {
    const [base] = await outcomes(SLICES.map(make => make()));
    if (base?.kind !== 'scored') {
      throw new Error(`the phantom is not scored: ${JSON.stringify(base)}`);
    }
    // A lesion that can be lost or doubled.
    expect(base.result.infarct.volumeMl).toBeGreaterThan(5);
    const known = new Set(base.result.warnings.map(({ message }) => message));
    const kinds = { scored: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(mutations, async changes => {
        const started = process.cpuUsage();
        const found = await outcomes(
          changes.reduce(
            (slices, change) => change(slices),
            SLICES.map(make => make())
          )
        );
        const { user, system } = process.cpuUsage(started);
        expect(user + system).toBeLessThan(SLOWEST_US);
        for (const outcome of found) {
          if (outcome.kind === 'scored') {
            kinds.scored++;
            const news = outcome.result.warnings.filter(({ message }) => !known.has(message));
            const summary = `${outcome.result.score}, ${outcome.result.infarct.volumeMl} ml without a warning`;
            expect(news.length > 0 || saysTheSame(outcome.result, base.result) ? 'the same' : summary).toBe(
              'the same'
            );
          } else {
            kinds.refused++;
            expect(outcome.error.code).not.toBe('INTERNAL_ERROR');
            expect(outcome.error.message).not.toMatch(/\n\s+at |node:internal/);
          }
        }
      }),
      { seed: SEED, numRuns: SERIES, endOnFailure: true }
    );
    // Some pass and some are refused, or the mutations are too weak or too strong to say anything.
    expect(Math.min(kinds.scored, kinds.refused)).toBeGreaterThan(SERIES / 10);
  },
  60_000 + SERIES * 5000
);
