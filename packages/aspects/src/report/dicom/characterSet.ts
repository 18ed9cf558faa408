/**
 * Defined terms of Specific Character Set (PS3.3 C.12.1.1.2) without their prefix, and what the
 * platform calls them.
 */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['IR 100', 'latin1'],
  ['IR 101', 'iso-8859-2'],
  ['IR 109', 'iso-8859-3'],
  ['IR 110', 'iso-8859-4'],
  ['IR 144', 'iso-8859-5'],
  ['IR 127', 'iso-8859-6'],
  ['IR 126', 'iso-8859-7'],
  ['IR 138', 'iso-8859-8'],
  ['IR 148', 'iso-8859-9'],
  ['IR 203', 'iso-8859-15'],
  ['IR 13', 'shift_jis'],
  ['IR 166', 'windows-874'],
  ['IR 87', 'euc-jp'],
  ['IR 159', 'euc-jp'],
  ['IR 149', 'euc-kr'],
  ['IR 58', 'gb18030'],
  ['IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gb18030'],
]);

/**
 * What an escape sequence (after ESC) puts in place of ASCII: 7-bit pairs of a Japanese set, by the lead byte
 * that EUC gives them.
 */
const PAIRS: ReadonlyMap<string, readonly number[]> = new Map([
  ['$B', []],
  ['$@', []],
  ['$(D', [0x8f]],
]);
/** What one puts in the upper half of the bytes (PS3.3 tables C.12-3 and C.12-4). */
const UPPER: ReadonlyMap<string, string> = new Map([
  ['-A', 'latin1'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'iso-8859-9'],
  ['-b', 'iso-8859-15'],
  ['-T', 'windows-874'],
  [')I', 'shift_jis'],
  ['$)C', 'euc-kr'],
  ['$)A', 'gb18030'],
]);

const ESCAPE = 0x1b;
/**
 * Code extensions end at these: controls, and what separates values, groups and components (PS3.5 6.1.2.5.3).
 */
const DELIMITERS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x3d, 0x5e]);

/**
 * Reads text in the character set of a data set, given as the value of (0008,0005), with code extensions
 * (PS3.5 6.1.2.5). Bytes beyond ASCII that no set was declared for are UTF-8 where they can be, else Latin-1.
 */
export function textDecoder(specificCharacterSet: string | undefined): (bytes: Uint8Array) => string {
  const sets = (specificCharacterSet ?? '')
    .split('\\')
    .map(term => ENCODINGS.get(term.trim().replace(/^ISO[_ ](2022 )?/, '')));
  // Writers who leave the escape sequence out mean the set that they have declared.
  const initial = sets[0] ?? sets.filter(set => set !== undefined).at(-1);
  return bytes => {
    if (bytes.includes(ESCAPE)) {
      return decodeExtended(bytes, initial ?? 'latin1');
    }
    return initial ? decode(bytes, initial) : decodeUndeclared(bytes);
  };
}

function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}

function decodeUndeclared(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decode(bytes, 'latin1');
  }
}

function decodeExtended(bytes: Uint8Array, initial: string): string {
  let text = '';
  let pairs: readonly number[] | undefined;
  let upper = initial;
  let start = 0;
  const flush = (end: number): void => {
    const run = bytes.subarray(start, end);
    text += pairs ? decodePairs(run, pairs) : decode(run, upper);
  };
  for (let at = 0; at < bytes.length;) {
    const sequence = bytes[at] === ESCAPE ? escapeSequence(bytes, at + 1) : undefined;
    if (sequence !== undefined) {
      flush(at);
      const isUpper = UPPER.has(sequence);
      upper = UPPER.get(sequence) ?? upper;
      pairs = isUpper ? pairs : PAIRS.get(sequence);
      at += 1 + sequence.length;
      start = at;
    } else {
      // A pair of a Japanese set may hold a delimiter's code.
      const ends = !pairs && DELIMITERS.has(bytes[at]);
      at += 1;
      if (ends) {
        flush(at);
        start = at;
        upper = initial;
      }
    }
  }
  flush(bytes.length);
  return text;
}

/** The characters of an escape sequence, intermediate ones and the final one (ISO 2022). */
function escapeSequence(bytes: Uint8Array, from: number): string {
  let end = from;
  while (bytes[end] >= 0x20 && bytes[end] <= 0x2f) {
    end += 1;
  }
  return String.fromCharCode(...bytes.subarray(from, end + 1));
}

function decodePairs(bytes: Uint8Array, lead: readonly number[]): string {
  const inEuc: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    inEuc.push(...lead, bytes[at] | 0x80, bytes[at + 1] | 0x80);
  }
  return decode(Uint8Array.from(inEuc), 'euc-jp');
}
