import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NotDicomError, readFrames, readInstance, type DicomInstance } from './dicomFile';

interface StoredInstance extends DicomInstance {
  readonly file: string;
}

export interface ImportReport {
  /** Instances that are in the store now. */
  readonly imported: number;
  /** Files that were no DICOM instance. */
  readonly skipped: number;
}

/** Where the web service gives addresses; the store needs it for the links in metadata. */
export type InstanceAddress = (uids: {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}) => string;

/**
 * DICOM instances in a folder, indexed in memory. What is stored is kept as `STUDY/SERIES/INSTANCE.dcm` and is there
 * again after a restart; folders of demo studies are read in place.
 */
export class DicomStore {
  private readonly instances = new Map<string, StoredInstance>();

  constructor(
    private readonly folder: string,
    private readonly bulkData: InstanceAddress
  ) {}

  /** Indexes what earlier runs have kept. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.readInPlace(this.folder);
  }

  /** Indexes the DICOM files under a folder without copying them. */
  async readInPlace(folder: string): Promise<ImportReport> {
    return this.eachFile(folder, (bytes, file) => this.index(bytes, file));
  }

  /** Copies the DICOM files under a folder into the store. */
  async importFolder(folder: string): Promise<ImportReport> {
    return this.eachFile(folder, bytes => this.put(bytes).then(() => undefined));
  }

  /** Keeps one instance, of that study if one is named; one of the same UID is replaced. Throws `NotDicomError`. */
  async put(bytes: Buffer, study?: string): Promise<DicomInstance> {
    const instance = readInstance(bytes, this.bulkData);
    if (study !== undefined && instance.studyInstanceUID !== study) {
      throw new NotDicomError(`the instance is of study ${instance.studyInstanceUID}`);
    }
    const folder = path.join(this.folder, instance.studyInstanceUID, instance.seriesInstanceUID);
    const file = path.join(folder, `${instance.sopInstanceUID}.dcm`);
    await mkdir(folder, { recursive: true });
    // Written beside its place first: a stop half-way leaves no damaged instance.
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
    this.instances.set(instance.sopInstanceUID, { ...instance, file });
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

  /** The file as it was stored. */
  async bytes(sopInstanceUID: string): Promise<Buffer> {
    const stored = this.instances.get(sopInstanceUID);
    if (!stored) {
      throw new Error(`no instance ${sopInstanceUID} in the store`);
    }
    return readFile(stored.file);
  }

  async frames(sopInstanceUID: string): Promise<Buffer[]> {
    return readFrames(await this.bytes(sopInstanceUID));
  }

  private async index(bytes: Buffer, file: string): Promise<void> {
    const instance = readInstance(bytes, this.bulkData);
    this.instances.set(instance.sopInstanceUID, { ...instance, file });
  }

  private async eachFile(
    folder: string,
    use: (bytes: Buffer, file: string) => Promise<void>
  ): Promise<ImportReport> {
    let imported = 0;
    let skipped = 0;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || entry.name.endsWith('.part')) {
        continue;
      }
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      try {
        await use(await readFile(file), file);
        imported += 1;
      } catch (error) {
        if (!(error instanceof NotDicomError)) {
          throw error;
        }
        skipped += 1;
      }
    }
    return { imported, skipped };
  }
}
