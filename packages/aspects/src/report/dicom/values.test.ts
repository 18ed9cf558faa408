import fc from 'fast-check';
import { boundedText, decimalString, dicomDateTime, isoOfDicomDateTime } from './values';
import { contentUid } from './uid';

test('a decimal string has at most 16 characters and keeps what they can hold', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      const text = decimalString(value);
      expect(text.length).toBeLessThanOrEqual(16);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/);
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-7);
    })
  );
  expect(decimalString(-0.3173047)).toBe('-0.3173047');
  expect(() => decimalString(NaN)).toThrow(RangeError);
});

test("times are written in the study's own zone and read back as the same instant", () => {
  expect(dicomDateTime('2026-03-04T23:30:00.250Z', '+0130')).toEqual({
    date: '20260305',
    time: '010000',
    dateTime: '20260305010000.250000+0130',
  });
  expect(dicomDateTime('2026-03-04T23:30:00Z', '-0500').date).toBe('20260304');
  expect(isoOfDicomDateTime('20260305010000.250000+0130')).toBe('2026-03-04T23:30:00.250Z');
  expect(isoOfDicomDateTime('yesterday')).toBeUndefined();
  expect(() => dicomDateTime('yesterday')).toThrow(RangeError);
});

test('text is cut and loses what would separate values', () => {
  expect(boundedText('a\\b\nc', 4)).toBe('a b');
});

test('UIDs tell apart what was put together differently', () => {
  expect(contentUid('x', 'ab', 'c')).not.toBe(contentUid('x', 'a', 'bc'));
  expect(contentUid('x', 'ab')).not.toBe(contentUid('y', 'ab'));
  expect(contentUid('x', 'ab')).toBe(contentUid('x', 'ab'));
});
