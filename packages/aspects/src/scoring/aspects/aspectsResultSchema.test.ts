import { resultSchema } from '../../../testing/resultSchema';
import { syntheticReport } from '../../../testing/syntheticReport';
import { WARNING_CODES } from '../../series/headCtSeries';

const { result } = syntheticReport();
const isValidWith = (code: string) =>
  resultSchema()({ ...result, warnings: [{ code, message: 'A sentence.' }] });

test.each(WARNING_CODES)('a result may have the warning %s', code => {
  expect(isValidWith(code)).toBe(true);
});

test('and no other', () => {
  expect(isValidWith('WRONG_SIDE')).toBe(false);
});
