import {
  type CtInstance,
  type CtInstanceMetadata,
  type CtSlice,
  fitStack,
  type HeadCtSeries,
  headCtSeriesSteps,
  nextTurn,
  Refusal,
  storedValuesToHu,
  throwIfCancelled,
} from '@deep-aspects/aspects/series';
import { BorrowedSlice } from '../inference/borrowedSlice';
import { ctMetadataOf } from './ctMetadata';
import type { Cornerstone, HostImage } from './host/cornerstone';
import type { DisplaySet } from './host/services';
import { runInTurns } from '../session/yielding';

/**
 * Requests under way at once: enough to keep the network busy, few enough to leave the viewer's own first.
 */
const CONCURRENCY = 6;

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * All slices of a display set in HU, by the host's own loader and cache: what the reader sees is
 * what is scored.
 *
 * @throws Refusal for a series that is unfit, `CORRUPT_PIXELS` where a slice cannot be loaded or decoded.
 */
export async function readDisplaySet(
  cornerstone: Cornerstone,
  displaySet: DisplaySet,
  { signal, onProgress }: ReadOptions
): Promise<HeadCtSeries> {
  const imageIds = displaySet.imageIds ?? [];
  const metadata = await runInTurns(metadataSteps(cornerstone, imageIds), signal);
  // A hundred thousand frames of no head are not worth a download.
  fitStack(metadata);
  const instances = new Array<HostSlice>(imageIds.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < imageIds.length) {
      const index = next++;
      instances[index] = await readInstance(cornerstone, imageIds[index], metadata[index], signal);
      onProgress(++done, imageIds.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, imageIds.length) }, worker));
  await nextTurn();
  const series = await runInTurns(headCtSeriesSteps(instances), signal);
  return { ...series, slices: series.slices.map(borrowedFrom(instances)) };
}

function* metadataSteps(
  cornerstone: Cornerstone,
  imageIds: readonly string[]
): Generator<void, CtInstanceMetadata[]> {
  const all: CtInstanceMetadata[] = [];
  for (const imageId of imageIds) {
    all.push(ctMetadataOf(cornerstone, imageId));
    yield;
  }
  return all;
}

/** Slices whose pixels the host keeps; two by the same name cannot be told apart, and stay as they are. */
function borrowedFrom(instances: readonly HostSlice[]): (slice: CtSlice) => CtSlice {
  const byUid = new Map<string, HostSlice | undefined>();
  for (const instance of instances) {
    const uid = instance.sopInstanceUID;
    byUid.set(uid, byUid.has(uid) ? undefined : instance);
  }
  return slice => {
    const instance = byUid.get(slice.sopInstanceUID);
    return instance ? new BorrowedSlice(slice, instance.readHu) : slice;
  };
}

/** A slice of the host's; its pixels can be read any number of times, each time into an array of its own. */
interface HostSlice extends CtInstance {
  readonly readHu: () => Int16Array;
}

async function readInstance(
  cornerstone: Cornerstone,
  imageId: string,
  metadata: CtInstanceMetadata,
  signal: AbortSignal
): Promise<HostSlice> {
  throwIfCancelled(signal);
  // A stray of another modality will be left out by its metadata.
  if (metadata.modality !== 'CT') {
    return { ...metadata, readHu: () => new Int16Array(0) };
  }
  const image = await loadImage(cornerstone, imageId, metadata.sopInstanceUID);
  throwIfCancelled(signal);
  const { rows, columns } = image;
  return { ...metadata, rows, columns, readHu: () => huOf(image, cornerstone, imageId) };
}

async function loadImage(
  cornerstone: Cornerstone,
  imageId: string,
  sopInstanceUID: string
): Promise<HostImage> {
  try {
    return await cornerstone.imageLoader.loadAndCacheImage(imageId);
  } catch (error) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `Slice ${sopInstanceUID} cannot be loaded (${describe(error)}). Check the connection to the PACS, or send the series again.`,
      { sopInstanceUID }
    );
  }
}

function describe(error: unknown): string {
  const cause = error && typeof error === 'object' && 'error' in error ? error.error : error;
  return cause instanceof Error ? cause.message : String(cause);
}

interface PixelModule {
  readonly photometricInterpretation?: string;
  readonly bitsStored?: number;
  readonly pixelRepresentation?: 0 | 1;
  readonly pixelPaddingValue?: number;
}

/** Some hosts have rescaled the pixels when they hand them over, some have not: `preScale.scaled` tells. */
function huOf(image: HostImage, cornerstone: Cornerstone, imageId: string): Int16Array {
  const pixel = (cornerstone.metaData.get('imagePixelModule', imageId) ?? {}) as PixelModule;
  return storedValuesToHu({
    stored: image.getPixelData(),
    slope: image.slope,
    intercept: image.intercept,
    padding: pixel.pixelPaddingValue,
    photometric: pixel.photometricInterpretation,
    bitsStored: pixel.bitsStored,
    pixelRepresentation: pixel.pixelRepresentation,
    alreadyScaled: image.preScale?.scaled === true,
    rows: image.rows,
    columns: image.columns,
  });
}
