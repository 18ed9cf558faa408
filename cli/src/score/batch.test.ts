import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from '../commandHost';
import { run } from '../main';
import { findStudies, type StudyInput } from './findStudies';
import { outcomeOfError, studyName, type Outcome } from './outcome';

const FIXTURES = join(__dirname, '../dicom/fixtures');

function resultOf(study: StudyInput): Outcome {
  const result = {
    score: 7,
    affectedSide: 'left',
    infarct: { volumeMl: 3 },
    series: { studyInstanceUID: studyName(study) },
  };
  return { kind: 'scored', result: result as unknown as AspectsResult };
}

/** Runs the program with a scorer that is told what to do with each study. */
function program(scoreStudy: (study: StudyInput) => Outcome) {
  const scored: string[] = [];
  const text = { stdout: '', stderr: '' };
  const scorer = {
    score: (study: StudyInput) => {
      scored.push(studyName(study));
      return Promise.resolve(scoreStudy(study));
    },
    close: () => Promise.resolve(),
  };
  const host: CommandHost = {
    stdout: { write: written => (text.stdout += written) },
    stderr: { write: written => (text.stderr += written) },
    defaultModels: '/none',
    createScorer: () => scorer,
    createProcessScorer: () => scorer,
    createQueueWorker: () => {
      throw new Error('no archive here');
    },
    openRemoteFiles: () => {
      throw new Error('no queue here');
    },
    environment: {},
    stop: new AbortController().signal,
  };
  return { scored, text, run: (...argv: string[]) => run(argv, host) };
}

/** Studies 1 to `count`, one file each, in one folder beside a file that is no image. */
function archive(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  for (let index = 1; index <= count; index++) {
    const bytes = Buffer.from(readFileSync(join(FIXTURES, 'signed-explicit-little-endian.dcm')));
    for (let at = bytes.indexOf('2.25.7.2'); at >= 0; at = bytes.indexOf('2.25.7.2', at + 1)) {
      bytes.write(`2.25.8.${index}`, at);
    }
    mkdirSync(join(folder, `s${index}`));
    writeFileSync(join(folder, `s${index}`, 'image'), bytes);
  }
  writeFileSync(join(folder, 'notes.txt'), 'not an image');
  return folder;
}

const refused = (study: StudyInput) => outcomeOfError(new Refusal('LOCALIZER', 'No.', { a: 1 }), study);
const failed = (study: StudyInput) => outcomeOfError(new Error('broken'), study);

describe('finding studies', () => {
  it('groups files by study and series, whatever their folder, and leaves the rest aside', () => {
    const folder = archive(2);
    cpSync(join(FIXTURES, 'signed-rle.dcm'), join(folder, 's2', 'other'));
    writeFileSync(join(folder, 'scan.nii.gz'), '');
    writeFileSync(join(folder, 'infarct.nii.gz'), '');
    const found = findStudies([folder]);
    expect(found.studies.map(studyName)).toEqual([
      '2.25.8.1',
      '2.25.8.2',
      '2.25.7.2',
      join(folder, 'scan.nii.gz'),
    ]);
    expect(found.ignored).toEqual([join(folder, 'infarct.nii.gz'), join(folder, 'notes.txt')]);
  });
});

describe('folders as they are', () => {
  it('are walked through links, each once, past what cannot be read', () => {
    const folder = archive(2);
    const links = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    symlinkSync('circle', join(links, 'circle'));
    symlinkSync(join(folder, 'gone'), join(links, 'gone.nii.gz'));
    // A name that is not UTF-8, as old archives have: Node cannot open it by the name that it gives.
    mkdirSync(Buffer.concat([Buffer.from(`${links}/M`), Buffer.from([0xfc]), Buffer.from('ller')]));
    symlinkSync(folder, join(links, 'studies'));
    symlinkSync(links, join(folder, 's1', 'back'));
    const found = findStudies([links]);
    expect(found.studies.map(studyName)).toEqual(['2.25.8.1', '2.25.8.2']);
    expect(found.studies[0]).toMatchObject({ series: { '2.25.7.3': [join(links, 'studies/s1/image')] } });
    expect(found.ignored).toHaveLength(4);
  });
});

describe('a batch', () => {
  it('goes on after a bad study, writes one line a study, and ends with the worst status', async () => {
    const folder = archive(3);
    const json = join(folder, 'out.jsonl');
    const batch = program(study => (studyName(study) === '2.25.8.2' ? refused(study) : resultOf(study)));
    expect(await batch.run('score', folder, '--json', json)).toBe(3);
    const lines = readFileSync(json, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(line => line.error?.code ?? line.score)).toEqual([7, 'LOCALIZER', 7]);
    expect(lines[1].error.details).toEqual({ study: '2.25.8.2', a: 1 });
    expect(batch.text.stderr).toContain('LOCALIZER: No.');
    expect(batch.text.stderr).toContain('ignored');
    const worse = program(study => (studyName(study) === '2.25.8.1' ? failed(study) : refused(study)));
    expect(await worse.run('score', folder)).toBe(1);
    expect(await program(resultOf).run('score', folder, '--jobs', '2')).toBe(0);
  });

  it('resumes: skips what was scored or refused, repeats failures and the line that was cut off', async () => {
    const folder = archive(4);
    const json = join(folder, 'out.jsonl');
    const first = program(study => {
      const kinds = [resultOf, refused, failed, resultOf];
      return kinds[Number(studyName(study).slice(-1)) - 1](study);
    });
    expect(await first.run('score', folder, '--json', json)).toBe(1);
    const whole = readFileSync(json, 'utf8');
    const cut = whole.trimEnd().lastIndexOf('\n') + 1;
    writeFileSync(json, whole.slice(0, cut));
    appendFileSync(json, whole.slice(cut, cut + 20));
    const second = program(resultOf);
    expect(await second.run('score', folder, '--json', json, '--resume')).toBe(0);
    expect(second.scored).toEqual(['2.25.8.3', '2.25.8.4']);
    const lines = readFileSync(json, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(5);
    lines.forEach(line => expect(() => JSON.parse(line)).not.toThrow());
    const third = program(resultOf);
    expect(await third.run('score', folder, '--json', json, '--resume')).toBe(0);
    expect(third.scored).toEqual([]);
  });

  it('wants folders for SEG and SR, since several studies cannot share a file', async () => {
    const batch = program(resultOf);
    expect(await batch.run('score', archive(2), '--seg', 'one.dcm')).toBe(2);
    expect(batch.scored).toEqual([]);
  });
});

describe('one study', () => {
  it('prints only the JSON with --json -, an error as docs/cli.md says', async () => {
    const folder = archive(1);
    const good = program(resultOf);
    expect(await good.run('score', folder, '--json', '-')).toBe(0);
    expect(JSON.parse(good.text.stdout)).toMatchObject({ score: 7 });
    const bad = program(refused);
    expect(await bad.run('score', folder, '--json', '-')).toBe(3);
    expect(JSON.parse(bad.text.stdout)).toEqual({
      error: { code: 'LOCALIZER', message: 'No.', details: { study: '2.25.8.1', a: 1 } },
    });
    expect(bad.text.stderr).toContain('LOCALIZER: No.\n');
  });

  it('refuses a folder without images and a series that is not there', async () => {
    const empty = program(resultOf);
    expect(await empty.run('score', mkdtempSync(join(tmpdir(), 'deep-aspects-')), '--json', '-')).toBe(3);
    expect(JSON.parse(empty.text.stdout).error.code).toBe('NOT_CT');
    expect(await program(resultOf).run('score', archive(1), '--series', '9.9')).toBe(2);
  });
});

describe('the program', () => {
  it('explains itself, and wrong usage', async () => {
    const help = program(resultOf);
    expect(await help.run('--help')).toBe(0);
    expect(help.text.stdout).toContain('deep-aspects score PATH...');
    const wrong = program(resultOf);
    expect(await wrong.run()).toBe(2);
    expect(await wrong.run('scroe')).toBe(2);
    expect(wrong.text.stderr).toContain('there is no command "scroe"');
    expect(wrong.text.stdout).toBe('');
  });
});
