import type { CtInstance } from '../../../extensions/deep-aspects/src/core/series/ctInstance';
import { Refusal } from '../../../extensions/deep-aspects/src/core/series/refusal';
import { frameDecoder, type FrameDecoder } from './decoders';
import { readDicomFile, readDicomHeader } from './dicomFile';
import { readMetadata } from './metadata';
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
    const metadata = readMetadata(opened.dataSet);
    const decode = await decoderFor(opened.transferSyntaxUID);
    const key = metadata.sopInstanceUID || file;
    if (!instances.has(key)) {
      instances.set(key, { ...metadata, readHu: () => readHuOfFile(file, decode) });
    }
  }
  return [...instances.values()];
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

function readHuOfFile(file: string, decode: FrameDecoder): Int16Array {
  const opened = openOrRefuse(file);
  if (!opened) {
    throw new Refusal('CORRUPT_PIXELS', `${file} changed while it was read; score it again.`, { file });
  }
  return readHu(opened, decode);
}

function openOrRefuse(file: string) {
  try {
    return readDicomFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('CORRUPT_PIXELS', `${file} is damaged (${reason}); send or export the series again.`, {
      file,
    });
  }
}
