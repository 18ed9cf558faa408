import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { EXIT, UsageError } from '../exitStatus';
import type { CommandHost } from '../commandHost';
import { absoluteOutput, absoluteStudy, OUTSTANDING } from '../queue/remoteFiles';
import { findStudies, type StudyInput } from './findStudies';
import { exitStatusOf, outcomeOfError, studyName, type Outcome } from './outcome';
import { ProgressBar } from './progressBar';
import { outcomeJson, ResultLog } from './resultLog';
import { runAll } from './runAll';
import type { ScoreArguments } from './scoreArguments';
import { parseScoreArguments } from './scoreArguments';
import type { OutputTarget, ScoreSettings, StudyScorer } from './scorer';
import { printOutcome } from './printOutcome';

/** `deep-aspects score`: see docs/cli.md. Resolves to the exit status. */
export async function scoreCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseScoreArguments(argv, host.defaultModels);
  const found = findStudies(args.queue ? args.paths.map(path => resolve(path)) : args.paths);
  const studies = selectSeries(found.studies, args.seriesInstanceUID);
  noteIgnored(found.ignored, host);
  if (studies.length === 0) {
    return refuseEmpty(args, host);
  }
  const settings = settingsOf(args, studies.length);
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
  writeJson(outcome, args.json, host);
  printOutcome(outcome, host, { quiet: args.json === '-', brief: false });
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
    host.stderr.write(`${studies.length - open.length} of ${studies.length} studies are done already\n`);
  }
  const bar = new ProgressBar(open.length, host.stderr);
  const kinds = new Set<Outcome['kind']>();
  const scorers = args.queue
    ? queueScorers(args.queue, settings, open.length, host)
    : createScorers(Math.min(args.jobs, open.length), settings, host);
  await runAll(
    open,
    scorers,
    (scorer: StudyScorer, study) => scorer.score(study),
    (study, outcome) => {
      kinds.add(outcome.kind);
      bar.clear();
      if (args.json === '-') {
        host.stdout.write(`${JSON.stringify(outcomeJson(outcome))}\n`);
      }
      log?.append(outcome);
      printOutcome(outcome, host, { quiet: args.json === '-', brief: true, name: studyName(study) });
      bar.step(outcome.kind !== 'scored');
    }
  );
  bar.clear();
  await Promise.all(scorers.map(scorer => scorer.close()));
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

/** As many scorers as tasks may wait in a queue; all share one connection, which the last one to close ends. */
function queueScorers(
  url: string,
  settings: ScoreSettings,
  studies: number,
  host: CommandHost
): StudyScorer[] {
  const remote = host.openRemoteFiles(url, settings.models);
  const { seriesInstanceUID, seg, sr } = settings;
  const outputs = { seriesInstanceUID, seg: absoluteOutput(seg), sr: absoluteOutput(sr) };
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
  const holding = studies.filter(study => study.kind === 'dicom' && wanted in study.series);
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
  };
}

/** Several studies cannot share one file: then a folder has to be named. */
function outputTarget(option: string, path: string | undefined, studies: number): OutputTarget | undefined {
  if (path === undefined) {
    return undefined;
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? path.endsWith('/');
  if (studies > 1 && !isFolder) {
    throw new UsageError(
      `${option} has to be a folder when there are several studies (${studies} were found)`
    );
  }
  return { path, isFolder };
}

function writeJson(outcome: Outcome, target: string | undefined, host: CommandHost): void {
  if (target === undefined) {
    return;
  }
  const text = `${JSON.stringify(outcomeJson(outcome), null, 2)}\n`;
  if (target === '-') {
    host.stdout.write(text);
  } else {
    writeFileSync(target, text);
  }
}

function noteIgnored(ignored: readonly string[], host: CommandHost): void {
  if (ignored.length > 0) {
    const more = ignored.length > 1 ? ` and ${ignored.length - 1} more` : '';
    host.stderr.write(`note: ignored ${ignored[0]}${more} (no image of a DICOM series, no NIfTI scan)\n`);
  }
}

function refuseEmpty(args: ScoreArguments, host: CommandHost): number {
  const error = {
    code: 'NOT_CT',
    message:
      'There is no DICOM image and no NIfTI volume under the given paths; give the folder of a head CT.',
    details: { paths: args.paths },
  };
  writeJson({ kind: 'refused', error }, args.json, host);
  host.stderr.write(`${error.code}: ${error.message}\n`);
  return EXIT.refused;
}
