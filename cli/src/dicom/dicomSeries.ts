import { type CtInstance, Refusal } from '@deep-aspects/aspects/series';
import { frameDecoder, type FrameDecoder } from './decoders';
import { readDicomFile, readDicomHeader } from './dicomFile';
import { enhancedFrameCount, enhancedFrames } from './enhancedFrames';
import { readMetadata } from './metadata';
import type { OpenedDicom } from './openDicom';
import { readHu } from './readPixels';
import { pixelEncodingOf } from './transferSyntax';

/**
 * The instances of one series: metadata now, pixels from the file when `readHu` is called, so that a series takes memory only
 * while it is being built. A file that occurs twice (same SOP Instance UID) counts once.
 */
export async function loadDicomSeries(files: readonly string[]): Promise<CtInstance[]> {
  const instances = new Map<string, CtInstance>();
  for (const file of files) {
    const opened = readDicomHeader(file);
    if (!opened) {
      continue;
    }
    const decode = await decoderFor(opened.transferSyntaxUID);
    for (const instance of instancesOf(opened, file, decode)) {
      const key = instance.sopInstanceUID || file;
      if (!instances.has(key)) {
        instances.set(key, instance);
      }
    }
  }
  return [...instances.values()];
}

/** One instance, or as many as a multi-frame file has frames; such a file is opened once for all of them. */
function instancesOf({ dataSet }: OpenedDicom, file: string, decode: FrameDecoder): CtInstance[] {
  if (enhancedFrameCount(dataSet) === 0) {
    return [{ ...readMetadata(dataSet), readHu: () => readHu(openOrRefuse(file), decode) }];
  }
  let opened: OpenedDicom | undefined;
  return enhancedFrames(dataSet).map(({ metadata, ...frame }) => ({
    ...metadata,
    readHu: () => readHu((opened ??= openOrRefuse(file)), decode, frame),
  }));
}

/** An unknown transfer syntax matters only once pixels are asked for: a report in the series must not hide the reason. */
async function decoderFor(transferSyntaxUID: string): Promise<FrameDecoder> {
  const encoding = pixelEncodingOf(transferSyntaxUID);
  if (encoding) {
    return frameDecoder(encoding);
  }
  return () => {
    throw new Error(`transfer syntax ${transferSyntaxUID} is not supported`);
  };
}

function openOrRefuse(file: string): OpenedDicom {
  let opened: OpenedDicom | undefined;
  try {
    opened = readDicomFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('CORRUPT_PIXELS', `${file} is damaged (${reason}); send or export the series again.`, {
      file,
    });
  }
  if (!opened) {
    throw new Refusal('CORRUPT_PIXELS', `${file} changed while it was read; score it again.`, { file });
  }
  return opened;
}
