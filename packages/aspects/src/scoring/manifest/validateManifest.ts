import { ASPECTS_REGIONS } from '../aspects/regions';
import type { ModelManifest, NetworkTask } from './modelManifest';
import { Refusal } from '../../base/refusal';

/** Whatever is wrong with a manifest, collected so that a site can mend it in one go. */
class ManifestProblems {
  readonly list: string[] = [];

  check(holds: boolean, problem: string): void {
    if (!holds) {
      this.list.push(problem);
    }
  }
}

/** Acute infarct, old infarct, haemorrhage. */
const INFARCT_CLASSES = 3;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isPositive = (value: unknown): value is number => isNumber(value) && value > 0;
const isCount = (value: unknown): value is number => isPositive(value) && Number.isInteger(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Checks a parsed `manifest.json` against what inference needs of it.
 *
 * @param value parsed JSON
 * @param task the network that the configuration expects at this address
 * @param source where the manifest came from, for the message
 * @throws Refusal `MODEL_UNAVAILABLE` that names every field at fault
 */
export function validateManifest(value: unknown, task: NetworkTask, source: string): ModelManifest {
  const problems = new ManifestProblems();
  const manifest = fieldsOf(value);
  problems.check(isFields(value), 'it is not a JSON object');
  problems.check(
    manifest.schemaVersion === '1.0' || manifest.schemaVersion === '1.1',
    'schemaVersion is neither "1.0" nor "1.1"'
  );
  problems.check(manifest.task === task, `task is not "${task}"`);
  for (const name of ['name', 'version', 'architecture', 'license'] as const) {
    problems.check(isText(manifest[name]), `${name} is missing`);
  }
  problems.check(
    manifest.architectureName === undefined || isText(manifest.architectureName),
    'architectureName is no text'
  );
  checkFile(manifest, '', problems);
  problems.check(
    ['fp32', 'fp16', 'int8'].includes(String(manifest.precision)),
    'precision is none of fp32, fp16, int8'
  );
  checkInput(fieldsOf(manifest.input), problems);
  checkOutput(fieldsOf(manifest.output), task, problems);
  checkClasses(listOf(manifest.classes), task, problems);
  checkStack(manifest, problems);
  if (problems.list.length > 0) {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${task} network's manifest at ${source} cannot be used: ${problems.list.join('; ')}. ` +
        'Put the manifest that belongs to the model there, or point the configuration at another pair of models.',
      { task, source, problems: problems.list }
    );
  }
  // Every field that inference reads was checked above; provenance is shown, never computed with.
  const valid = manifest as unknown as ModelManifest;
  const { encoder } = valid;
  return {
    ...valid,
    sha256: valid.sha256.toLowerCase(),
    ...(encoder ? { encoder: { ...encoder, sha256: encoder.sha256.toLowerCase() } } : {}),
  };
}

function checkFile(entry: Fields, prefix: string, problems: ManifestProblems): void {
  problems.check(isText(entry.file), `${prefix}file is missing`);
  problems.check(
    /^[0-9a-f]{64}$/i.test(String(entry.sha256)),
    `${prefix}sha256 is not 64 hexadecimal digits`
  );
  problems.check(isCount(entry.sizeBytes), `${prefix}sizeBytes is not a positive integer`);
}

function checkStack(manifest: Fields, problems: ManifestProblems): void {
  if (manifest.encoder === undefined && manifest.context === undefined) {
    return;
  }
  checkFile(fieldsOf(manifest.encoder), 'encoder.', problems);
  const context = fieldsOf(manifest.context);
  const offsets = listOf(context.offsetsMm);
  problems.check(
    offsets.length > 0 && offsets.every(isNumber),
    'context.offsetsMm is not a list of distances in mm'
  );
  problems.check(
    isCount(context.size) && isCount(context.featureSize) && context.size <= context.featureSize,
    'context.size and context.featureSize are not positive integers, the first at most the second'
  );
}

function checkInput(input: Fields, problems: ManifestProblems): void {
  problems.check(isText(input.name), 'input.name is missing');
  problems.check(isCount(input.size), 'input.size is not a positive integer');
  problems.check(isPositive(input.pixelSpacingMm), 'input.pixelSpacingMm is not a positive number');
  problems.check(isPositive(input.slabThicknessMm), 'input.slabThicknessMm is not a positive number');
  const window = fieldsOf(input.window);
  problems.check(isNumber(window.center) && isPositive(window.width), 'input.window has no center and width');
  const range = listOf(input.range);
  problems.check(
    range.length === 2 && isNumber(range[0]) && isNumber(range[1]) && range[0] < range[1],
    'input.range is not two ascending numbers'
  );
  const channels = listOf(input.channels).map(fieldsOf);
  problems.check(channels.length > 0, 'input.channels is empty');
  channels.forEach((channel, index) => {
    const offsets = listOf(channel.offsetsMm);
    problems.check(
      offsets.length > 0 && offsets.every(isNumber) && typeof channel.mirrored === 'boolean',
      `input.channels[${index}] has no offsetsMm and mirrored`
    );
  });
}

function checkOutput(output: Fields, task: NetworkTask, problems: ManifestProblems): void {
  problems.check(isText(output.name), 'output.name is missing');
  const encoding = task === 'anatomy' ? 'labels' : 'probability';
  problems.check(output.encoding === encoding, `output.encoding is not "${encoding}"`);
  for (const [name, value] of [
    ['threshold', output.threshold],
    ...Object.entries(fieldsOf(output.thresholds)).map(([id, limit]) => [`thresholds.${id}`, limit]),
  ]) {
    problems.check(
      value === undefined || (isPositive(value) && value < 1),
      `output.${String(name)} does not lie between 0 and 1`
    );
  }
}

function checkClasses(classes: readonly unknown[], task: NetworkTask, problems: ManifestProblems): void {
  const entries = classes.map(fieldsOf);
  const ids = entries.map(entry => entry.id);
  problems.check(entries.length > 0, 'classes is empty');
  problems.check(new Set(ids).size === ids.length, 'classes repeat an id');
  entries.forEach((entry, index) => {
    const code = fieldsOf(entry.code);
    problems.check(
      isNumber(entry.id) &&
        Number.isInteger(entry.id) &&
        entry.id >= 0 &&
        entry.id <= 255 &&
        isText(entry.name),
      `classes[${index}] has no id from 0 to 255 and name`
    );
    problems.check(
      isText(code.scheme) && isText(code.value) && isText(code.meaning),
      `classes[${index}].code has no scheme, value and meaning`
    );
  });
  if (task === 'infarct') {
    problems.check(
      entries.length <= INFARCT_CLASSES && entries.every(({ id }, index) => id === index + 1),
      'classes of an infarct network are not 1 acute infarct, 2 old infarct, 3 haemorrhage, in this order'
    );
  }
  if (task === 'anatomy') {
    ASPECTS_REGIONS.forEach((region, index) => {
      const entry = entries.find(candidate => candidate.id === index + 1);
      problems.check(
        entry?.region === region.id,
        `the class with id ${index + 1} is not region ${region.id}`
      );
    });
  }
}
