/**
 * The container: what deploy/Dockerfile puts into it, put together without one, is enough for the program.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { runInNewContext } from 'node:vm';

jest.setTimeout(600_000);

const root = process.cwd();
const temporary = mkdtempSync(join(tmpdir(), 'deep-aspects-container-'));
const [built, image] = [join(temporary, 'built'), join(temporary, 'image')];
const app = join(image, 'app');

/** Instructions of the Dockerfile: `[stage, instruction, rest]`. */
function instructions(): [stage: number, name: string, rest: string][] {
  let stage = -1;
  const text = readFileSync('deploy/Dockerfile', 'utf8').replace(/\\\n/g, ' ');
  return text
    .split('\n')
    .filter(line => /^[A-Z]+ /.test(line))
    .map(line => {
      const [, name, rest] = /^([A-Z]+) +(.*)$/.exec(line) as RegExpExecArray;
      stage += name === 'FROM' ? 1 : 0;
      return [stage, name, rest];
    });
}

/** A copy of a file or folder that costs no room where the file system lets files be linked. */
function put(source: string, target: string): void {
  const status = lstatSync(source);
  mkdirSync(dirname(target), { recursive: true });
  if (status.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), target);
  } else if (status.isDirectory()) {
    mkdirSync(target, { recursive: true });
    readdirSync(source).forEach(name => put(join(source, name), join(target, name)));
  } else {
    try {
      linkSync(source, target);
    } catch {
      copyFileSync(source, target);
    }
  }
}

/** What the Dockerfile's last `npm ci` leaves, and the steps that follow it, in the folder `built`. */
function buildStage(): void {
  const runs = instructions().filter(([stage, name]) => stage === 0 && name === 'RUN');
  const steps = runs.map(([, , rest]) => rest);
  const last = steps.map(step => /^npm ci\b/.test(step)).lastIndexOf(true);
  const options = steps[last].split(' ').slice(2);
  const listed = execFileSync('npm', ['ls', '--all', '--parseable', ...options], { encoding: 'utf8' });
  const packages = listed.split('\n').filter(folder => folder.includes('/node_modules/'));
  for (const folder of packages.sort().filter(one => !packages.some(other => one.startsWith(`${other}/`)))) {
    put(folder, join(built, relative(root, folder)));
  }
  put(join(root, 'cli/dist'), join(built, 'cli/dist'));
  for (const step of steps.slice(last + 1)) {
    execFileSync('sh', ['-c', step], { cwd: built });
  }
}

/** The files of the last stage, under the folder `image`. */
function lastStage(): void {
  for (const [, name, rest] of instructions().filter(([stage]) => stage === 1)) {
    if (name === 'COPY') {
      const [source, target] = rest.replace('--from=build /app/', '').split(' ');
      const made = ['node_modules', 'cli/dist'].includes(source) ? built : root;
      const file = target.endsWith('/') ? join(target, basename(source)) : target;
      put(join(made, source), join(app, file));
    }
  }
}

beforeAll(() => {
  // Builds the program where it is older than its sources.
  execFileSync(process.execPath, ['cli/bin/deep-aspects.mjs', '--help']);
  buildStage();
  lastStage();
});

it('scores a folder of the environment, by the shipped networks, offline from a folder that is nobody else’s', () => {
  const [input, output] = [join(temporary, 'in'), join(temporary, 'out')];
  execFileSync(process.execPath, ['tests/fixtures/phantomDicom.mjs', input]);
  mkdirSync(output);
  const entry = instructions().find(([, name]) => name === 'ENTRYPOINT')?.[2] ?? '';
  const [program, ...args] = (JSON.parse(entry) as string[]).map(part => part.replace('/app', app));
  const { status, stderr } = spawnSync(program, args, {
    cwd: image,
    encoding: 'utf8',
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      MERCURE_IN_DIR: input,
      MERCURE_OUT_DIR: output,
    },
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(readdirSync(output).map(name => name.replace(/^[\d.]+\./, ''))).toEqual([
    'seg.dcm',
    'sr.dcm',
    'result.jsonl',
  ]);
  const { series, score } = JSON.parse(readFileSync(join(output, 'result.jsonl'), 'utf8'));
  expect(series.sliceCount).toBe(readdirSync(input).length);
  expect(score).toEqual(expect.any(Number));
});

it('has every package that the program asks for by name, and the font of its pictures', () => {
  const bundle = join(app, 'cli/dist/deep-aspects.cjs');
  const text = readFileSync(bundle, 'utf8');
  const required = [...text.matchAll(/= require\("([^"]+)"\);$/gm)].map(([, name]) => name);
  const packages = required.filter(name => !isBuiltin(name));
  const font = /'(@fontsource\/[^']+)'/.exec(text)?.[1];
  const load = `
    const load = require('node:module').createRequire(${JSON.stringify(bundle)});
    ${JSON.stringify(packages)}.forEach(name => load(name));
    load.resolve(${JSON.stringify(font)});
    process.exit(0);`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', load], { cwd: image, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(packages).toEqual(
    expect.arrayContaining([
      'onnxruntime-node',
      '@napi-rs/canvas',
      'bullmq',
      '@cornerstonejs/codec-openjph/wasmjs',
    ])
  );
});

it('the viewer of the compose file gets the configuration of its archive, then the plugin', () => {
  const folder = join(temporary, 'viewer');
  const [, command] = /^ *'(.*nginx -g.*)',$/m.exec(readFileSync('deploy/compose.yaml', 'utf8')) ?? [];
  mkdirSync(join(folder, 'html'), { recursive: true });
  writeFileSync(join(folder, 'nginx'), '#!/bin/sh\n');
  chmodSync(join(folder, 'nginx'), 0o755);
  put(join(root, 'deploy/ohif/app-config.js'), join(folder, 'app-config.js'));
  // What a site is told to add needs `window.config` to be there.
  writeFileSync(join(folder, 'app-config.example.js'), 'window.config.extensions.push("ours");');
  execFileSync(
    'sh',
    [
      '-c',
      command.replaceAll('/tmp/deep-aspects', folder).replace('/usr/share/nginx/html', `${folder}/html`),
    ],
    { env: { PATH: `${folder}:/usr/bin:/bin` } }
  );
  const window: { location: object; config?: { extensions: string[]; defaultDataSourceName: string } } = {
    location: { origin: 'http://viewer' },
  };
  runInNewContext(readFileSync(join(folder, 'html/app-config.js'), 'utf8'), { window });
  expect(window.config).toMatchObject({ extensions: ['ours'], defaultDataSourceName: 'orthanc' });
});
