import { statSync } from 'node:fs';
import { type CtInstance, type CtInstanceMetadata, Refusal } from '@deep-aspects/aspects/series';
import { frameDecoder, type FrameDecoder } from './decoders';
import { readDicomFile, readDicomHeader } from './dicomFile';
import { enhancedFrameCount, enhancedFrames } from './enhancedFrames';
import { numbers, readMetadata } from './metadata';
import type { OpenedDicom } from './openDicom';
import { readHu } from './readPixels';
import { pixelEncodingOf } from './transferSyntax';

/**
 * The instances of one series: metadata now, pixels from the file when `readHu` is called, so that a series
 * takes memory only while it is being built. A file that occurs twice (same SOP Instance UID) counts once;
 * the longer one, where a copy was cut off.
 *
 * @throws Refusal CORRUPT_PIXELS where a file is damaged before its pixels; INCONSISTENT_SERIES where
 *   different images have one SOP Instance UID, or one has none; MISSING_GEOMETRY for frames without a place
 */
export async function loadDicomSeries(files: readonly string[]): Promise<CtInstance[]> {
  const instances = new Map<string, LoadedInstance>();
  for (const file of files) {
    const opened = openOrRefuse(file, readDicomHeader);
    if (!opened) {
      continue;
    }
    const bytes = statSync(file).size;
    const decode = await decoderFor(opened.transferSyntaxUID);
    for (const instance of instancesOf(opened, file, decode)) {
      const known = instances.get(instance.sopInstanceUID);
      if (known || instance.sopInstanceUID === '') {
        refuseAnotherImage(instance, known, file);
      }
      if (!known || known.bytes < bytes) {
        instances.set(instance.sopInstanceUID, { instance, file, bytes });
      }
    }
  }
  return [...instances.values()].map(({ instance }) => instance);
}

interface LoadedInstance {
  readonly instance: CtInstance;
  readonly file: string;
  readonly bytes: number;
}

/**
 * Of different images under one name all but one would vanish from the stack; one without a name cannot
 * be referred to.
 */
function refuseAnotherImage(instance: CtInstance, known: LoadedInstance | undefined, file: string): void {
  const { sopInstanceUID } = instance;
  if (!known) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `${file} has no SOP Instance UID (0008,0018); have the series sent again complete.`,
      { file }
    );
  }
  const place = ({ imagePositionPatient, instanceNumber, acquisitionNumber }: CtInstance) =>
    JSON.stringify([imagePositionPatient, instanceNumber, acquisitionNumber]);
  if (place(instance) !== place(known.instance) || showOthers(instance, known.instance)) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `${known.file} and ${file} are different images with one SOP Instance UID (0008,0018), ${sopInstanceUID}; have the ` +
        'series sent again from the scanner.',
      { sopInstanceUID, files: [known.file, file] }
    );
  }
}

/** Whether two images show different things; a copy that was cut off, or compressed with loss, does not. */
function showOthers(one: CtInstance, other: CtInstance): boolean {
  if (one.isLossy || other.isLossy) {
    return false;
  }
  try {
    const [hu, otherHu] = [one.readHu(), other.readHu()];
    return hu.some((value, i) => value !== otherHu[i]);
  } catch {
    return false;
  }
}

/** One instance, or as many as a multi-frame file has frames; such a file is opened once for all of them. */
function instancesOf({ dataSet }: OpenedDicom, file: string, decode: FrameDecoder): CtInstance[] {
  if (enhancedFrameCount(dataSet) === 0) {
    const metadata = readMetadata(dataSet);
    refusePlacelessFrames(dataSet, metadata, file);
    return [{ ...metadata, readHu: () => readHu(openWhole(file), decode) }];
  }
  let opened: OpenedDicom | undefined;
  return enhancedFrames(dataSet).map(({ metadata, ...frame }) => ({
    ...metadata,
    readHu: () => readHu((opened ??= openWhole(file)), decode, frame),
  }));
}

/**
 * An unknown transfer syntax matters only once pixels are asked for: a report in the series must not
 * hide the reason.
 */
async function decoderFor(transferSyntaxUID: string): Promise<FrameDecoder> {
  const encoding = pixelEncodingOf(transferSyntaxUID);
  if (encoding) {
    return frameDecoder(encoding);
  }
  return () => {
    throw new Error(`transfer syntax ${transferSyntaxUID} is not supported`);
  };
}

/** Frames have their places in functional groups; of several without them none is known. */
function refusePlacelessFrames(
  dataSet: OpenedDicom['dataSet'],
  { modality }: CtInstanceMetadata,
  file: string
): void {
  const frames = numbers(dataSet, 'x00280008', 1)?.[0] ?? 1;
  if (frames > 1 && modality?.toUpperCase() === 'CT') {
    throw new Refusal(
      'MISSING_GEOMETRY',
      `${file} holds ${frames} frames without functional groups (5200,9229), (5200,9230), so that their places are unknown; ` +
        'have the series sent as single images or as Enhanced CT.',
      { file, frames }
    );
  }
}

/** @throws Refusal CORRUPT_PIXELS where the file is damaged; undefined where it is no DICOM */
function openOrRefuse(
  file: string,
  read: (file: string) => OpenedDicom | undefined
): OpenedDicom | undefined {
  try {
    return read(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('CORRUPT_PIXELS', `${file} is damaged (${reason}); send or export the series again.`, {
      file,
    });
  }
}

function openWhole(file: string): OpenedDicom {
  const opened = openOrRefuse(file, readDicomFile);
  if (!opened) {
    throw new Refusal('CORRUPT_PIXELS', `${file} changed while it was read; score it again.`, { file });
  }
  return opened;
}
