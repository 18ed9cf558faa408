/** Defined terms of Specific Character Set (PS3.3 C.12.1.1.2) without their prefix, and what the platform calls them. */
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
  ['IR 87', 'iso-2022-jp'],
  ['IR 159', 'iso-2022-jp'],
  ['IR 149', 'euc-kr'],
  ['IR 58', 'gb18030'],
  ['IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gb18030'],
]);

/** Escape sequences that announce Korean or Chinese, whose bytes say so themselves (PS3.3 table C.12-4). */
const ANNOUNCEMENT = /\u001b\$\)[AC]/g;

/**
 * Reads text in the character set of a data set, given as the value of (0008,0005). Of several sets with code extensions
 * the last known one is read; it holds ASCII as well.
 */
export function textDecoder(specificCharacterSet: string | undefined): (bytes: Uint8Array) => string {
  const known = (specificCharacterSet ?? '')
    .split('\\')
    .map(term => ENCODINGS.get(term.trim().replace(/^ISO[_ ](2022 )?/, '')))
    .filter(encoding => encoding !== undefined);
  const decoder = new TextDecoder(known.at(-1) ?? 'latin1');
  return bytes => decoder.decode(bytes).replace(ANNOUNCEMENT, '');
}
