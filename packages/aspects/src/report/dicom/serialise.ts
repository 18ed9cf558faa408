import dcmjs, { type DcmjsDict, type NaturalisedDataset } from 'dcmjs';
import { runAtOnce, type Steps } from '../steps';
import { ByteWriter } from './byteWriter';
import { encodeDataset } from './encodeDataset';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Root from a UUID (PS3.5 B.2): names this implementation in the file meta information. */
const IMPLEMENTATION_CLASS_UID = '2.25.70093783603788705561239572164984988443';
const IMPLEMENTATION_VERSION_NAME = 'DEEP_ASPECTS_1';

/** Group length of the file meta information (0002,0000), which counts what follows it. */
const GROUP_LENGTH = '00020000';
const PREAMBLE_BYTES = 128;

/**
 * A naturalised dataset as a Part 10 file, Explicit VR Little Endian.
 * @param privateElements Further elements by tag; their private creator has to be among them.
 */
export function* part10Steps(
  dataset: NaturalisedDataset,
  privateElements: DcmjsDict = {}
): Steps<ArrayBuffer> {
  const { DicomMetaDictionary } = dcmjs.data;
  const meta = DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: dataset.SOPClassUID,
    MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
    TransferSyntaxUID: EXPLICIT_VR_LITTLE_ENDIAN,
    ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
    ImplementationVersionName: IMPLEMENTATION_VERSION_NAME,
  });
  const writer = new ByteWriter();
  writer.bytes(new Uint8Array(PREAMBLE_BYTES));
  writer.ascii('DICM');
  yield* encodeDataset({ ...meta, [GROUP_LENGTH]: { vr: 'UL', Value: [encodedLength(meta)] } }, writer);
  yield* encodeDataset({ ...(yield* denaturalised(dataset)), ...privateElements }, writer);
  yield;
  return writer.written();
}

/** `part10Steps` at once. */
export function part10Of(dataset: NaturalisedDataset, privateElements: DcmjsDict = {}): ArrayBuffer {
  return runAtOnce(part10Steps(dataset, privateElements));
}

/** dcmjs names the tags and their value representations; long sequences are given to it item by item. */
function* denaturalised(dataset: NaturalisedDataset): Steps<DcmjsDict> {
  const { DicomMetaDictionary } = dcmjs.data;
  const { PerFrameFunctionalGroupsSequence: frames, ...rest } = dataset;
  const dict = DicomMetaDictionary.denaturalizeDataset(rest);
  yield;
  if (Array.isArray(frames)) {
    const items: DcmjsDict[] = [];
    for (const frame of frames as NaturalisedDataset[]) {
      items.push(DicomMetaDictionary.denaturalizeDataset(frame));
      yield;
    }
    dict[PER_FRAME_FUNCTIONAL_GROUPS] = { vr: 'SQ', Value: items };
  }
  return dict;
}

const PER_FRAME_FUNCTIONAL_GROUPS = '52009230';

function encodedLength(dict: DcmjsDict): number {
  const writer = new ByteWriter();
  runAtOnce(encodeDataset(dict, writer));
  return writer.written().byteLength;
}
