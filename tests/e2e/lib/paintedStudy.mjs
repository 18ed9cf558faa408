import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import charls from '@cornerstonejs/codec-charls/decodewasmjs';
import dcmjs from 'dcmjs';
import { temporaryFolder } from './leftovers.mjs';

const { DicomDict, DicomMessage, DicomMetaDictionary } = dcmjs.data;
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
/** `2.25.` and up to 39 digits: how the demo studies name everything. */
const DEMO_UID = /^2\.25\.\d{10,39}$/;

/**
 * A demo study with other attenuation: what the hand-made networks of `tests/fixtures/models` call an
 * infarct, in a head that looks like one. **Synthetic.**
 *
 * @param source folder of a demo study
 * @param options.suffix two digits, in which its UIDs and Patient ID differ from the source's
 * @param options.name Patient's Name
 * @param options.paint `({x, y, z}, hu) => hu`; patient coordinates, mm: x to the left, y to the
 *   back, z to the head
 * @param options.slices numbers of the first and the last slice, of the head as a whole by default
 * @param options.attributes by keyword: what else is to be otherwise, as for another series of a study
 * @returns `folder`, there until the tests end, `uid` (Study Instance UID), `seriesUid` and `patientId`
 */
export async function paintedStudy(
  source,
  { suffix, name, paint, slices: [first, last] = [1, Infinity], attributes = {} }
) {
  const { folder } = await temporaryFolder('painted');
  const codec = await charls({ print: () => undefined, printErr: () => undefined });
  const patientId = `SYNTHETIC-P${suffix}`;
  let uid;
  let seriesUid;
  const isWanted = file => file.endsWith('.dcm') && parseInt(file) >= first && parseInt(file) <= last;
  for (const file of (await readdir(source)).filter(isWanted)) {
    const bytes = await readFile(path.join(source, file));
    const { dict, meta } = DicomMessage.readFile(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    );
    const dataset = renamed(DicomMetaDictionary.naturalizeDataset(dict), suffix);
    const stored = decoded(codec, new Uint8Array(dataset.PixelData[0]));
    Object.assign(dataset, {
      PatientName: name,
      PatientID: patientId,
      ...attributes,
      PixelData: [paintedPixels(dataset, stored, paint).buffer],
      _vrMap: { ...dataset._vrMap, PixelData: 'OW' },
    });
    uid = dataset.StudyInstanceUID;
    seriesUid = dataset.SeriesInstanceUID;
    const written = new DicomDict({
      ...meta,
      '00020002': { vr: 'UI', Value: [dataset.SOPClassUID] },
      '00020003': { vr: 'UI', Value: [dataset.SOPInstanceUID] },
      '00020010': { vr: 'UI', Value: [EXPLICIT_VR_LITTLE_ENDIAN] },
    });
    written.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
    await writeFile(path.join(folder, file), Buffer.from(written.write()));
  }
  return { folder, uid, seriesUid, patientId };
}

function renamed(dataset, suffix) {
  const changed = Object.entries(dataset).filter(([, value]) => DEMO_UID.test(String(value)));
  return {
    ...dataset,
    ...Object.fromEntries(changed.map(([key, value]) => [key, value.slice(0, -2) + suffix])),
  };
}

/** Stored values of a JPEG-LS frame. */
function decoded(codec, encoded) {
  const decoder = new codec.JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    return new Uint16Array(Uint8Array.from(decoder.getDecodedBuffer()).buffer);
  } finally {
    decoder.delete();
  }
}

/**
 * The demo studies' rows run to the left and their columns to the back, tilted about the
 * left-right axis alone.
 */
function paintedPixels(dataset, stored, paint) {
  const { Columns, PixelSpacing, ImagePositionPatient, ImageOrientationPatient, RescaleIntercept } = dataset;
  const down = ImageOrientationPatient.slice(3);
  const painted = new Uint16Array(stored.length);
  for (let row = 0; row * Columns < stored.length; row++) {
    const below = row * PixelSpacing[0];
    const [left, y, z] = ImagePositionPatient.map((origin, axis) => origin + below * down[axis]);
    for (let column = 0; column < Columns; column++) {
      const index = row * Columns + column;
      const hu = paint({ x: left + column * PixelSpacing[1], y, z }, stored[index] + RescaleIntercept);
      painted[index] = Math.round(hu) - RescaleIntercept;
    }
  }
  return painted;
}
