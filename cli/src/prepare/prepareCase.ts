import { createHash } from 'node:crypto';
import {
  createInputSampler,
  findBrain,
  findHeadFrame,
  type ModelManifest,
  type NetworkTask,
  planNetworkSlices,
} from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { readDicomHeader } from '../dicom/dicomFile';
import { caseLabels } from '../evaluate/caseLabels';
import { scanOf, type CaseFolder } from '../evaluate/dataSet';
import type { StudyInput } from '../score/findStudies';
import { writeInFolder } from '../output/writeWhole';
import { withFitSeries } from '../score/pickSeries';
import { gridLabels } from './gridLabels';
import { npyBytes } from './npy';

/** One network slice of a case in `index.json`: `inputs[row]` belongs to `labels[row]`. */
export interface PreparedCase {
  readonly case: string;
  /**
   * A pseudonym, the same in all studies of a patient (DICOM), or the case's name: no patient is in training
   * and validation both.
   */
  readonly patient: string;
  readonly task: NetworkTask;
  /** float32 [slices, channels, size, size], as the network is fed. */
  readonly inputs: string;
  /** uint8 [slices, size, size]: class ids (anatomy) or 0/1 (infarct). */
  readonly labels: string;
  readonly slices: readonly { readonly sopInstanceUID: string; readonly planeOffsetMm: number }[];
}

/**
 * Writes the network inputs and aligned labels of one case, for each task that is labelled. The inputs come
 * from the very functions that inference uses; where several thin slices share a network run, the labels are
 * those of the plane it is run at.
 */
export function prepareCase(
  folder: CaseFolder,
  manifests: readonly ModelManifest[],
  out: string
): Promise<PreparedCase[]> {
  const study = scanOf(folder);
  const patient = patientOf(study) ?? folder.name;
  return withFitSeries(study, undefined, async series =>
    manifests.flatMap(manifest => {
      const file = manifest.task === 'anatomy' ? folder.anatomy : folder.infarct;
      return file
        ? [
            prepareTask(
              { name: folder.name, patient },
              series,
              caseLabels(file, manifest.task, series),
              manifest,
              out
            ),
          ]
        : [];
    })
  );
}

/** A hash of the Patient ID; undefined for NIfTI and where there is none. */
function patientOf(study: StudyInput): string | undefined {
  const file = study.kind === 'dicom' ? study.series[0]?.files[0] : undefined;
  const id = file && readDicomHeader(file)?.dataSet.string('x00100020')?.trim();
  return id ? createHash('sha256').update(id).digest('hex').slice(0, 16) : undefined;
}

function prepareTask(
  { name, patient }: { readonly name: string; readonly patient: string },
  series: HeadCtSeries,
  labels: readonly Uint8Array[],
  { task, input }: ModelManifest,
  out: string
): PreparedCase {
  const brain = findBrain(series);
  const frame = findHeadFrame(brain);
  const sampler = createInputSampler(series, frame);
  const plan = planNetworkSlices(series.planeOffsetsMm, brain.slices);
  const slices = plan.map(({ planeOffsetMm }) => series.planeOffsetsMm.indexOf(planeOffsetMm));
  const inputs = slices.map(slice => sampler.networkInput(series.planeOffsetsMm[slice], input));
  const planes = slices.map(slice => gridLabels(labels[slice], series, frame, slice, input));
  const files = { inputs: `${name}.${task}.inputs.npy`, labels: `${name}.${task}.labels.npy` };
  const { size, channels } = input;
  writeInFolder(
    out,
    files.inputs,
    npyBytes(joined(inputs, Float32Array), [slices.length, channels.length, size, size])
  );
  writeInFolder(out, files.labels, npyBytes(joined(planes, Uint8Array), [slices.length, size, size]));
  return {
    ...{ case: name, patient, task, ...files },
    slices: slices.map(slice => ({
      sopInstanceUID: series.slices[slice].sopInstanceUID,
      planeOffsetMm: series.planeOffsetsMm[slice],
    })),
  };
}

function joined<T extends Float32Array | Uint8Array>(
  parts: readonly T[],
  create: new (length: number) => T
): T {
  const whole = new create(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
