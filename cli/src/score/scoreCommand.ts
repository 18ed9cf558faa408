import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { CommandHost } from '../commandHost';
import { EXIT, UsageError } from '../exitStatus';
import { jsonText } from '../output/jsonText';
import { requireWritable, writeWhole } from '../output/writeWhole';
import { absoluteOutput, absoluteStudy, OUTSTANDING } from '../queue/remoteFiles';
import { findStudies, type IgnoredFile, type StudyInput } from './findStudies';
import { exitStatusOf, outcomeJson, outcomeOfError, studyName, type Outcome } from './outcome';
import { printOutcome } from './printOutcome';
import { ProgressBar } from './progressBar';
import { ResultLog } from './resultLog';
import { runAll } from './runAll';
import type { ScoreArguments } from './scoreArguments';
import { parseScoreArguments } from './scoreArguments';
import { outputTarget, refuseOverwriting } from './scoreOutputs';
import type { ScoreSettings, StudyScorer } from './scorer';

/** `deep-aspects score`: see docs/cli.md. Resolves to the exit status. */
export async function scoreCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseScoreArguments(argv, host.defaultModels);
  requireWritable('--json', args.json);
  const found = findStudies(args.queue ? args.paths.map(path => resolve(path)) : args.paths);
  const studies = selectSeries(found.studies, args.seriesInstanceUID);
  noteIgnored(found.ignored, host);
  if (studies.length === 0) {
    return refuseEmpty(args, found.ignored, host);
  }
  const settings = settingsOf(args, studies.length);
  refuseOverwriting(args, found.studies);
  return studies.length === 1 && !args.resume && !args.queue
    ? scoreSingle(studies[0], settings, args, host)
    : scoreBatch(studies, settings, args, host);
}

async function scoreSingle(
  study: StudyInput,
  settings: ScoreSettings,
  args: ScoreArguments,
  host: CommandHost
): Promise<number> {
  const scorer = host.createScorer(settings);
  const outcome = await scorer.score(study);
  await scorer.close();
  // Printed first: what was computed is not lost with a file that cannot be written.
  printOutcome(outcome, host, { quiet: args.json === '-', brief: false });
  writeJson(outcome, args.json, host);
  return exitStatusOf([outcome.kind]);
}

async function scoreBatch(
  studies: readonly StudyInput[],
  settings: ScoreSettings,
  args: ScoreArguments,
  host: CommandHost
): Promise<number> {
  const log = args.json && args.json !== '-' ? await ResultLog.open(args.json, args.resume) : undefined;
  const open = studies.filter(study => !log?.isDone(study));
  if (open.length < studies.length) {
    host.stderr.writeLine(`${studies.length - open.length} of ${studies.length} studies are done already`);
  }
  const bar = new ProgressBar(open.length, host.stderr);
  const kinds = new Set<Outcome['kind']>();
  const scorers = args.queue
    ? queueScorers(args.queue, settings, open.length, host)
    : createScorers(Math.min(args.jobs, open.length), settings, host);
  try {
    await runAll(
      open,
      scorers,
      (scorer: StudyScorer, study) => scorer.score(study),
      (study, outcome) => {
        kinds.add(outcome.kind);
        bar.clear();
        if (args.json === '-') {
          host.stdout.writeLine(jsonText(outcomeJson(outcome)));
        }
        printOutcome(outcome, host, { quiet: args.json === '-', brief: true, name: studyName(study) });
        log?.append(outcome);
        bar.step(outcome.kind !== 'scored');
      }
    );
  } finally {
    bar.clear();
    // A worker that stays keeps this process alive, also where a full disk ends the batch.
    await Promise.all(scorers.map(scorer => scorer.close()));
  }
  return exitStatusOf(kinds);
}

/** One job runs in this process; more run in processes of their own, which share the cores. */
function createScorers(jobs: number, settings: ScoreSettings, host: CommandHost): StudyScorer[] {
  if (jobs <= 1) {
    return [host.createScorer(settings)];
  }
  const threads = Math.max(1, Math.floor(availableParallelism() / jobs));
  return Array.from({ length: jobs }, () => host.createProcessScorer({ ...settings, threads }));
}

/**
 * As many scorers as tasks may wait in a queue; all share one connection, which the last one to close ends.
 */
function queueScorers(
  url: string,
  settings: ScoreSettings,
  studies: number,
  host: CommandHost
): StudyScorer[] {
  const remote = host.openRemoteFiles(url, settings.models);
  const outputs = {
    seriesInstanceUID: settings.seriesInstanceUID,
    seg: absoluteOutput(settings.seg),
    sr: absoluteOutput(settings.sr),
    fhir: absoluteOutput(settings.fhir),
  };
  let open = Math.min(OUTSTANDING, studies);
  return Array.from({ length: open }, () => ({
    async score(study) {
      try {
        const done = await remote.perform({ kind: 'score', study: absoluteStudy(study), outputs });
        if (done.kind === 'outcome') {
          return done.outcome;
        }
        throw new Error('the queue gave the result of another task');
      } catch (thrown) {
        return outcomeOfError(thrown, study);
      }
    },
    async close() {
      open -= 1;
      if (open === 0) {
        await remote.close();
      }
    },
  }));
}

function selectSeries(studies: readonly StudyInput[], wanted: string | undefined): readonly StudyInput[] {
  if (wanted === undefined) {
    return studies;
  }
  const holding = studies.filter(
    study =>
      study.kind === 'dicom' && study.series.some(({ seriesInstanceUID }) => seriesInstanceUID === wanted)
  );
  if (holding.length === 0) {
    throw new UsageError(`no series ${wanted} among the given files`);
  }
  return holding;
}

function settingsOf(args: ScoreArguments, studies: number): ScoreSettings {
  return {
    models: args.models,
    provider: args.provider,
    threads: 0,
    seriesInstanceUID: args.seriesInstanceUID,
    seg: outputTarget('--seg', args.seg, studies),
    sr: outputTarget('--sr', args.sr, studies),
    fhir: outputTarget('--fhir', args.fhir, studies),
  };
}

function writeJson(outcome: Outcome, target: string | undefined, host: CommandHost): void {
  if (target === undefined) {
    return;
  }
  const text = `${jsonText(outcomeJson(outcome), 2)}\n`;
  if (target === '-') {
    host.stdout.write(text);
  } else {
    writeWhole(target, text);
  }
}

function noteIgnored(ignored: readonly IgnoredFile[], host: CommandHost): void {
  const others = ignored.filter(({ problem }) => problem === undefined);
  if (others.length > 0) {
    const { file } = others[0];
    host.stderr.writeLine(
      `note: ignored ${file}${andMore(others.length)} (no image of a DICOM series, no NIfTI scan)`
    );
  }
  const damaged = describeDamaged(ignored);
  if (damaged) {
    host.stderr.writeLine(`note: ignored ${damaged}`);
  }
}

/** DICOM that belongs to no study; undefined where there is none. */
function describeDamaged(ignored: readonly IgnoredFile[]): string | undefined {
  const damaged = ignored.filter(({ problem }) => problem !== undefined);
  const [first] = damaged;
  return first && `${first.file}, which ${first.problem}${andMore(damaged.length)}`;
}

function andMore(count: number): string {
  return count > 1 ? ` and ${count - 1} more` : '';
}

function refuseEmpty(args: ScoreArguments, ignored: readonly IgnoredFile[], host: CommandHost): number {
  const damaged = describeDamaged(ignored);
  const error = {
    code: 'NOT_CT',
    message: damaged
      ? `No study can be made under the given paths: ignored ${damaged}; have the series sent again.`
      : 'There is no DICOM image and no NIfTI volume under the given paths; give the folder of a head CT.',
    details: { paths: args.paths },
  };
  writeJson({ kind: 'refused', error }, args.json, host);
  host.stderr.writeLine(`${error.code}: ${error.message}`);
  return EXIT.refused;
}
