import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PHANTOM = path.resolve(import.meta.dirname, '../../fixtures/phantomDicom.mjs');
/** What the phantom's UIDs begin with, and its patient. */
const ROOT_UID = '1.2.826.0.1.3680043.10.1';
const SERIES_UID = `${ROOT_UID}.1`;
const PATIENT = 'SYNTHETIC-PHANTOM';

/** The attribute (0020,000D) in explicit little endian. */
const STUDY_INSTANCE_UID = /\x20\0\x0D\0UI..(2\.25\.\d+)/s;

/** Kinds of studies: what `phantomSeries` is asked for, and what is done to its files. */
const KINDS = {
  head: { options: { slices: 14, distanceMm: 10, size: 128 } },
  'one slice': { options: { slices: 1, size: 64 } },
  'no brain': { options: { slices: 14, distanceMm: 10, size: 64 }, change: ofStripes },
  'no head': { options: { slices: 14, distanceMm: 10, size: 64 }, change: ofTheChest },
  'head twice': { options: { slices: 14, distanceMm: 10, size: 128 }, copies: [`${ROOT_UID}.3`] },
};

/** Instances (Part 10) of a synthetic study of that kind, under UIDs and a Patient ID of its own. */
export function studyMaker() {
  const templates = new Map();
  return (kind, number) => {
    if (!templates.has(kind)) {
      templates.set(kind, template(KINDS[kind]));
    }
    const uid = studyUid(number);
    const patient = `SYNTHETIC-${String(number).padStart(7, '0')}`;
    const instances = templates
      .get(kind)
      .map(text => Buffer.from(text.replaceAll(ROOT_UID, uid).replaceAll(PATIENT, patient), 'latin1'));
    return { uid, kind, patient, instances };
  };
}

/** Makes copies of the DICOM files in a folder, one study with UIDs under 2.25, under UIDs of their own. */
export function copiesOf(folder) {
  const files = readdirSync(folder).filter(name => name.endsWith('.dcm'));
  const texts = files.map(name => readFileSync(path.join(folder, name)).toString('latin1'));
  return number => {
    // Nothing in the files moves, and what differed behind these digits still does.
    const copies = texts.map(text => text.replace(/2\.25\.\d{6}(?=\d{20})/g, `2.25.${100_000 + number}`));
    const [, uid] = STUDY_INSTANCE_UID.exec(copies[0]);
    return { uid, instances: copies.map(text => Buffer.from(text, 'latin1')) };
  };
}

/** As long as the phantom's own: nothing in the files moves. */
function studyUid(number) {
  return `2.25.${String(4e15 + number).padEnd(ROOT_UID.length - 5, '0')}`;
}

/** @param copies Series Instance UIDs under which the same images are there once more */
function template({ options, change = text => text, copies = [] }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'deep-aspects-phantom-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, [PHANTOM, folder, JSON.stringify(options)], {
      encoding: 'utf8',
    });
    if (status !== 0) {
      throw new Error(`the phantom could not be made: ${stderr}`);
    }
    const files = readdirSync(folder).map((name, slice) =>
      change(readFileSync(path.join(folder, name)).toString('latin1'), slice)
    );
    return [SERIES_UID, ...copies].flatMap(uid => files.map(text => text.replaceAll(SERIES_UID, uid)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Air and soft tissue side by side (-1000 and 40 to 46 HU, other values in each slice, as noise makes them),
 * and nothing like a head.
 */
function ofStripes(text, slice) {
  const at = text.indexOf('\xE0\x7F\x10\x00OW') + 12;
  const pairs = Array.from({ length: (text.length - at) / 4 }, (_, pair) =>
    String.fromCharCode(0x18, 0xfc, 40 + (((pair * (slice + 1)) % 17) % 7), 0)
  );
  return text.slice(0, at) + pairs.join('');
}

/** A description of the same length. */
function ofTheChest(text) {
  return text.replace('SYNTHETIC phantom', 'Thorax axial 5 mm');
}

/** The attribute (0008,0020) with a date, in explicit little endian. */
const STUDY_DATE = /\x08\0\x20\0DA\x08\0\d{8}/;

/** A study with another Study Date, `YYYYMMDD`; '': an empty one; undefined: none at all. */
export function withDate({ instances, ...study }, date) {
  const attribute = date === undefined ? '' : `\x08\0\x20\0DA${date && '\x08'}${date ? '\0' : '\0\0'}${date}`;
  const dated = bytes => Buffer.from(bytes.toString('latin1').replace(STUDY_DATE, attribute), 'latin1');
  return { ...study, instances: instances.map(dated) };
}
