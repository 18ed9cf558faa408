import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outcomeWords, scoreOnArrival } from './scoreOnArrival';

test.each([
  [
    '{"study":"1.2","outcome":"scored","score":6,"side":"left"}',
    'Scored by itself: ASPECTS 6 left (study 1.2)',
  ],
  ['{"study":"1.2","outcome":"scored","score":10,"side":"none"}', 'Scored by itself: ASPECTS 10 (study 1.2)'],
  ['{"study":"1.2","outcome":"refused","code":"NO_BRAIN"}', 'Not scored: NO_BRAIN (study 1.2)'],
  ['{"study":"1.2","outcome":"present"}', undefined],
  ['{"msg":"serving"}', undefined],
  ['no JSON', undefined],
])('%s', (line, words) => {
  expect(outcomeWords(line)).toBe(words);
});

test('the program is told of the store, and what it says is said', async () => {
  const program = path.join(mkdtempSync(path.join(tmpdir(), 'deep-aspects-')), 'program.cjs');
  const line = `{ study: process.argv[process.argv.indexOf('--dicomweb') + 1], outcome: 'refused', code: process.argv[2] }`;
  writeFileSync(program, `console.log(JSON.stringify(${line}))`);
  const said = await new Promise(say =>
    scoreOnArrival(program, 'http://store', { say, onStatusPage: () => undefined })
  );
  expect(said).toBe('Not scored: serve (study http://store)');
});

test('where its status page listens is told', async () => {
  const program = path.join(mkdtempSync(path.join(tmpdir(), 'deep-aspects-')), 'program.cjs');
  writeFileSync(
    program,
    `const listen = process.argv[process.argv.indexOf('--listen') + 1];
    console.log(JSON.stringify({ port: listen === '0' ? 4321 : 1, msg: 'status page' }));`
  );
  const address = await new Promise(onStatusPage =>
    scoreOnArrival(program, 'http://store', { say: () => undefined, onStatusPage })
  );
  expect(address).toBe('http://127.0.0.1:4321');
});
