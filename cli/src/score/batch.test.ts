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
import { Refusal } from '@deep-aspects/aspects/series';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import type { CommandHost } from '../commandHost';
import { Stopped } from '../exitStatus';
import { run } from '../main';
import { textOutput } from '../output/textOutput';
import { findStudies, type StudyInput } from './findStudies';
import { outcomeOfError, studyName, type Outcome } from './outcome';

const REPORT = syntheticReport();
const FIXTURES = join(__dirname, '../dicom/fixtures');

function resultOf(study: StudyInput): Outcome {
  const { series } = REPORT.result;
  const result = { ...REPORT.result, score: 7, series: { ...series, studyInstanceUID: studyName(study) } };
  return { kind: 'scored', result };
}

/** Runs the program with a scorer that is told what to do with each study. */
function program(scoreStudy: (study: StudyInput) => Outcome | Promise<Outcome>) {
  const scored: string[] = [];
  const text = { stdout: '', stderr: '' };
  const stop = new AbortController();
  let scorers = 0;
  const scorer = {
    score: (study: StudyInput) => {
      scored.push(studyName(study));
      return Promise.resolve(scoreStudy(study));
    },
    close: () => {
      scorers -= 1;
      return Promise.resolve();
    },
  };
  const createScorer = () => {
    scorers += 1;
    return scorer;
  };
  const host: CommandHost = {
    stdout: textOutput({ write: written => (text.stdout += written) }),
    stderr: textOutput({ write: written => (text.stderr += written) }),
    defaultModels: '/none',
    createScorer,
    createProcessScorer: createScorer,
    createQueueWorker: () => {
      throw new Error('no archive here');
    },
    openRemoteFiles: () => {
      throw new Error('no queue here');
    },
    environment: {},
    stop: stop.signal,
  };
  return {
    scored,
    text,
    run: (...argv: string[]) => run(argv, host),
    stop: (reason: Error) => stop.abort(reason),
    openScorers: () => scorers,
  };
}

/** Studies 1 to `count`, one file each, in one folder with a file that is no image. */
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
    expect(found.ignored).toEqual([
      { file: join(folder, 'infarct.nii.gz') },
      { file: join(folder, 'notes.txt') },
    ]);
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
    expect(found.studies[0]).toMatchObject({
      series: [{ seriesInstanceUID: '2.25.7.3', files: [join(links, 'studies/s1/image')] }],
    });
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

describe('files to write', () => {
  it.each(['--json', '--seg', '--sr'])('are tried before anything is scored: %s', async option => {
    const folder = archive(1);
    for (const path of [join(folder, 'notes.txt', 'r'), '/proc/none/r', folder]) {
      const one = program(resultOf);
      const isRefused = !(path === folder && option !== '--json');
      expect(await one.run('score', folder, option, path)).toBe(isRefused ? 2 : 0);
      expect(one.scored).toHaveLength(isRefused ? 0 : 1);
      expect(one.text.stderr.includes(`${option} ${path} cannot be written`)).toBe(isRefused);
    }
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('not an image');
  });

  it('get their folder made, for one study and for several', async () => {
    for (const count of [1, 2]) {
      const path = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'a', 'b', 'r.json');
      expect(await program(resultOf).run('score', archive(count), '--json', path)).toBe(0);
      expect(readFileSync(path, 'utf8')).toContain('"score"');
    }
  });

  it('are never a file that is scored', async () => {
    const folder = archive(1);
    const image = join(folder, 's1', 'image');
    const before = readFileSync(image);
    for (const option of ['--json', '--seg', '--sr']) {
      const one = program(resultOf);
      expect(await one.run('score', folder, option, image)).toBe(2);
      expect(one.text.stderr).toContain('one of the files to be scored');
    }
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  it('that are full end a batch with words, and no scorer stays', async () => {
    const never = new Promise<Outcome>(() => undefined);
    const batch = program(study => (studyName(study) === '2.25.8.1' ? resultOf(study) : never));
    expect(await batch.run('score', archive(3), '--jobs', '2', '--json', '/dev/full')).toBe(1);
    expect(batch.text.stderr).toMatch(/INTERNAL_ERROR: \/dev\/full cannot be written: .*ENOSPC/);
    expect(batch.text.stdout).toContain('2.25.8.1: ASPECTS 7');
    expect(batch.openScorers()).toBe(0);
  });

  it('that are full leave the result on the terminal', async () => {
    const one = program(resultOf);
    expect(await one.run('score', archive(1), '--json', '/dev/full')).toBe(1);
    expect(one.text.stderr).toContain('/dev/full cannot be written');
    expect(one.text.stdout).toContain('Region ');
  });

  it('as SEG or SR may fail after the score: it goes on, and the study is done again', async () => {
    const unwritten = (study: StudyInput): Outcome => {
      const { result } = resultOf(study) as Outcome & { kind: 'scored' };
      return { ...failed(study), result };
    };
    const folder = archive(2);
    const json = join(folder, 'out.jsonl');
    const batch = program(unwritten);
    expect(await batch.run('score', folder, '--json', json)).toBe(1);
    expect(batch.text.stdout).toContain('2.25.8.2: ASPECTS 7');
    const [line] = readFileSync(json, 'utf8').split('\n');
    expect(JSON.parse(line)).toMatchObject({ error: { message: 'broken' }, result: { score: 7 } });
    const again = program(resultOf);
    expect(await again.run('score', folder, '--json', json, '--resume')).toBe(0);
    expect(again.scored).toHaveLength(2);
  });
});

describe('a file to resume', () => {
  const result = `{"schemaVersion":"1.1","score":7,"series":{"studyInstanceUID":"2.25.8.1"}}`;

  it.each([
    ['notes', 'patient list\nMüller\n'],
    ['a line of notes', 'patient list'],
    ['a table', 'study,score\n1.2,7\n'],
    ['other JSON', '{"name": "site"}\n'],
    ['one result over several lines', '{\n  "schemaVersion": "1.1"\n}\n'],
    ['results with a foreign line among them', `${result}\n[]\n${result}\n`],
    ['results with a foreign line at the end', `${result}\nend of list`],
    ['a scan', Buffer.from([0x5c, 0x01, 0, 0, 0x0a, 0xff, 0xfe])],
  ])('is left as it is where it holds %s', async (_, content) => {
    const folder = archive(2);
    const json = join(folder, 'mine');
    writeFileSync(json, content);
    const batch = program(resultOf);
    expect(await batch.run('score', folder, '--json', json, '--resume')).toBe(2);
    expect(batch.text.stderr).toMatch(/usage: --resume: line \d+ of \S+mine is no result/);
    expect(batch.scored).toEqual([]);
    expect(readFileSync(json).equals(Buffer.from(content))).toBe(true);
  });

  it('may lack the break after its last line, or be empty', async () => {
    const folder = archive(2);
    const json = join(folder, 'mine');
    writeFileSync(json, result);
    const batch = program(resultOf);
    expect(await batch.run('score', folder, '--json', json, '--resume')).toBe(0);
    expect(batch.scored).toEqual(['2.25.8.2']);
    const lines = readFileSync(json, 'utf8').split('\n');
    expect(lines[0]).toBe(result);
    expect(JSON.parse(lines[1]).series.studyInstanceUID).toBe('2.25.8.2');
    writeFileSync(json, '');
    const empty = program(resultOf);
    expect(await empty.run('score', folder, '--json', json, '--resume')).toBe(0);
    expect(empty.scored).toHaveLength(2);
  });
});

describe('told to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s, it ends with status %i, and the results of before stay', async (signal, status) => {
    const folder = archive(3);
    const json = join(folder, 'out.jsonl');
    writeFileSync(json, 'older results');
    const batch = program(() => {
      batch.stop(new Stopped(signal));
      return new Promise<Outcome>(() => undefined);
    });
    expect(await batch.run('score', folder, '--json', json, '--jobs', '2')).toBe(status);
    expect(batch.text.stderr).toContain(`stopped by ${signal}`);
    expect(readFileSync(json, 'utf8')).toBe('older results');
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

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('has no command "%s"', async name => {
    const wrong = program(resultOf);
    expect(await wrong.run(name)).toBe(2);
    expect(wrong.text.stderr).toContain(`there is no command "${name}"`);
  });

  it('shows names of files and words of scans without their controls', async () => {
    const folder = archive(2);
    writeFileSync(join(folder, 'a\x1b]0;pwned\x07\nNOT_CT: forged'), '');
    const batch = program(study =>
      outcomeOfError(new Refusal('NOT_CT', 'Rescale Type \x1b[2J\u009b1m\r.'), study)
    );
    expect(await batch.run('score', folder)).toBe(3);
    expect(await batch.run('score\x1b[2J')).toBe(2);
    expect(batch.text.stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(batch.text.stderr).not.toMatch(/^NOT_CT: forged/m);
    expect(batch.text.stderr).toContain('Rescale Type \\u001b[2J\\u009b1m');
  });
});
