import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { access, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../makeFolder';
import type { DicomJson } from './file/dicomJson';
import { alignFrame, frameSpans, frameTotal, type Span } from './file/locateFrames';
import { NotDicomError } from './file/notDicomError';
import { DEFLATED, isPart10, openPart10 } from './file/openPart10';
import {
  readBulkData,
  readInstance,
  readMetadata,
  type DicomInstance,
  type InstanceUids,
} from './file/readInstance';
import { MAX_INSTANCE_BYTES } from './limits';

interface StoredInstance extends DicomInstance {
  readonly file: string;
}

export interface ImportReport {
  /** Instances that are in the store now. */
  readonly imported: number;
  /** Files that are no DICOM at all. */
  readonly others: number;
  /** DICOM files that are damaged or cannot be read, and why. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

const PART_SUFFIX = '.part';

/**
 * DICOM instances in a folder, indexed in memory. What is stored is kept as `STUDY/SERIES/INSTANCE.dcm` and
 * is there again after a restart; folders of demo studies are read in place. An instance is its study, series
 * and SOP instance together: one SOP Instance UID in two studies is two instances.
 */
export class DicomStore {
  private readonly instances = new Map<string, StoredInstance>();

  private readonly folder: string;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  /** Indexes what earlier runs have kept, and removes what they left half-written. */
  async open(): Promise<ImportReport> {
    await makeFolder(this.folder);
    for (const file of await filesUnder(this.folder)) {
      if (file.endsWith(PART_SUFFIX)) {
        await rm(file, { force: true });
      }
    }
    return this.readInPlace(this.folder);
  }

  /** Indexes the DICOM files under a folder without copying them. */
  async readInPlace(folder: string): Promise<ImportReport> {
    return eachDicomFile(folder, (bytes, file) => {
      this.keep({ ...readInstance(bytes), file });
    });
  }

  /**
   * Copies the DICOM files under a folder into the store. Throws where the store's folder cannot be written.
   */
  async importFolder(folder: string): Promise<ImportReport> {
    return eachDicomFile(folder, async bytes => {
      await this.put(bytes);
    });
  }

  /**
   * Keeps one instance, of that study if one is named; one of the same UIDs is replaced. It is on the disk
   * when this returns. Throws `NotDicomError`, and what the file system throws.
   */
  async put(bytes: Buffer, study?: string): Promise<DicomInstance> {
    const instance = readInstance(bytes);
    if (study !== undefined && instance.studyInstanceUID !== study) {
      throw new NotDicomError(`the instance is of study ${instance.studyInstanceUID}`);
    }
    const folder = path.join(this.folder, instance.studyInstanceUID, instance.seriesInstanceUID);
    const file = path.join(folder, `${instance.sopInstanceUID}.dcm`);
    const firstMade = await makeFolder(folder);
    // Next to its place, under a name of its own: neither a stop half-way nor another writer of the same
    // UID damages it.
    const part = path.join(folder, `${randomUUID()}${PART_SUFFIX}`);
    try {
      await writeToDisk(part, bytes);
      // In one go with the index, so that of several writers the last one is in both.
      renameSync(part, file);
      this.keep({ ...instance, file });
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await flushFolders(folder, firstMade ? path.dirname(firstMade) : folder);
    return instance;
  }

  /** All instances of a study or a series, or one instance; empty where there is none. */
  find(uids: { study?: string; series?: string; instance?: string } = {}): readonly DicomInstance[] {
    return [...this.instances.values()].filter(
      instance =>
        (uids.study === undefined || instance.studyInstanceUID === uids.study) &&
        (uids.series === undefined || instance.seriesInstanceUID === uids.series) &&
        (uids.instance === undefined || instance.sopInstanceUID === uids.instance)
    );
  }

  /** As `find`, without those whose files somebody has deleted meanwhile: they are forgotten. */
  async findOnDisk(uids: Parameters<DicomStore['find']>[0]): Promise<readonly DicomInstance[]> {
    const forgetDeleted = async (instance: DicomInstance): Promise<void> => {
      await access(this.stored(instance).file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
          this.instances.delete(keyOf(instance));
        }
      });
    };
    await Promise.all(this.find(uids).map(forgetDeleted));
    return this.find(uids);
  }

  /** The file as it was stored. */
  async file(uids: InstanceUids): Promise<Buffer> {
    return readFile(this.stored(uids).file);
  }

  /** `bulkData`: where the large values of that instance are given. */
  async metadata(uids: InstanceUids, bulkData: string): Promise<DicomJson> {
    return readMetadata(await this.header(uids), this.stored(uids), bulkData);
  }

  /** A frame (from 1) as it is in the file: compressed ones stay compressed. */
  async frame(uids: InstanceUids, frame: number): Promise<Buffer> {
    const stored = this.stored(uids);
    if (!stored.frames || frame < 1 || frame > frameTotal(stored.frames)) {
      throw new RangeError(`no frame ${frame}`);
    }
    const { spans, skipBits, frameBits } = frameSpans(stored.frames, frame);
    const bytes = await readSpans(stored, spans);
    return frameBits !== undefined && (skipBits || frameBits % 8)
      ? alignFrame(bytes, skipBits, frameBits)
      : bytes;
  }

  /** All pixels, as they are in the file; compressed ones without what separates their fragments. */
  async pixels(uids: InstanceUids): Promise<Buffer> {
    const stored = this.stored(uids);
    const { frames } = stored;
    return readSpans(stored, frames?.form === 'native' ? [frames.pixels] : (frames?.frames.flat() ?? []));
  }

  /**
   * A large value other than the pixels, by the path that `metadata` gives; undefined where there is none.
   */
  async bulkData(uids: InstanceUids, valuePath: string): Promise<Buffer | undefined> {
    return readBulkData(await this.header(uids), valuePath);
  }

  private async header(uids: InstanceUids): Promise<Buffer> {
    const stored = this.stored(uids);
    return stored.transferSyntaxUID === DEFLATED
      ? readFile(stored.file)
      : readSpans(stored, [{ start: 0, end: stored.headerLength }]);
  }

  private stored(uids: InstanceUids): StoredInstance {
    const stored = this.instances.get(keyOf(uids));
    if (!stored) {
      throw new Error(`no instance ${uids.sopInstanceUID} in the store`);
    }
    return stored;
  }

  private keep(instance: StoredInstance): void {
    this.instances.set(keyOf(instance), instance);
  }
}

function keyOf({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: InstanceUids): string {
  return `${studyInstanceUID}/${seriesInstanceUID}/${sopInstanceUID}`;
}

async function readSpans(stored: StoredInstance, spans: readonly Span[]): Promise<Buffer> {
  if (stored.transferSyntaxUID === DEFLATED) {
    const { bytes } = openPart10(await readFile(stored.file));
    return Buffer.concat(spans.map(({ start, end }) => bytes.subarray(start, end)));
  }
  const handle = await open(stored.file);
  try {
    const all = Buffer.alloc(spans.reduce((sum, { start, end }) => sum + end - start, 0));
    let filled = 0;
    for (const { start, end } of spans) {
      const { bytesRead } = await handle.read(all, filled, end - start, start);
      if (bytesRead < end - start) {
        throw new Error(`${stored.file} was cut off while the server ran`);
      }
      filled += bytesRead;
    }
    return all;
  } finally {
    await handle.close();
  }
}

async function writeToDisk(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Flushes the entries of a folder and of those above it up to `top`: a new file is safe only when
 * its name is too.
 */
async function flushFolders(folder: string, top: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (folder !== top && folder.startsWith(top)) {
    await flushFolders(path.dirname(folder), top);
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** One file that is damaged, or that may not be read, does not keep the others out. */
async function eachDicomFile(
  folder: string,
  use: (bytes: Buffer, file: string) => void | Promise<void>
): Promise<ImportReport> {
  let imported = 0;
  let others = 0;
  const damaged: { file: string; reason: string }[] = [];
  for (const file of await filesUnder(folder)) {
    try {
      const bytes = await readDicomFile(file);
      if (bytes) {
        await use(bytes, file);
        imported += 1;
      } else {
        others += 1;
      }
    } catch (error) {
      if (!(error instanceof NotDicomError)) {
        throw error;
      }
      damaged.push({ file, reason: error.message });
    }
  }
  return { imported, others, damaged };
}

/** Undefined where the file is no DICOM file; only its first bytes are read then. */
async function readDicomFile(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file);
    try {
      const start = Buffer.alloc(132);
      await handle.read(start, 0, start.length, 0);
      if (!isPart10(start)) {
        return undefined;
      }
    } finally {
      await handle.close();
    }
    const { size } = await stat(file);
    if (size > MAX_INSTANCE_BYTES) {
      throw new NotDicomError(`larger than the ${MAX_INSTANCE_BYTES / 2 ** 20} MiB that this store takes`);
    }
    return await readFile(file);
  } catch (error) {
    throw error instanceof NotDicomError ? error : new NotDicomError(`cannot be read: ${String(error)}`);
  }
}
