import { syntheticReport } from '@deep-aspects/aspects/testing';
import type { CommandHost } from '../commandHost';
import { printOutcome } from './printOutcome';

const { result } = syntheticReport();

function printed(suspected: boolean, brief: boolean): string {
  const written: string[] = [];
  const output = {
    write: (text: string) => written.push(text),
    writeLine: (text: string) => written.push(text),
  };
  const host = { stdout: output, stderr: output } as unknown as CommandHost;
  const haemorrhage = { ...result.haemorrhage, suspected };
  printOutcome({ kind: 'scored', result: { ...result, haemorrhage } }, host, {
    quiet: false,
    brief,
    name: '1.2.3',
  });
  return written.join('\n');
}

test.each([true, false])('a suspected haemorrhage is printed in place of the score; brief: %s', brief => {
  expect(printed(true, brief)).toMatch(/haemorrhage suspected/i);
  expect(printed(true, brief)).not.toMatch(/ASPECTS:? 8/);
  expect(printed(true, brief)).not.toContain('AFFECTED');
  expect(printed(false, brief)).toMatch(/ASPECTS:? 8/);
  expect(printed(false, brief).includes('AFFECTED')).toBe(!brief);
});
