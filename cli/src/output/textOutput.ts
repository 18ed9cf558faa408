/** What a program's own stream offers. */
export interface TextSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Where commands write. Nothing that comes from a file, an archive or an argument steers the terminal or
 * forges a line.
 */
export interface TextOutput {
  /**
   * Text of several lines. Control characters but line breaks and tabs are written out as in JSON,
   * such as `\u001b`.
   */
  write(text: string): void;
  /** One line, whatever breaks the text holds. */
  writeLine(text: string): void;
  /** The last line of a terminal, in place of what stood there; nothing where the output is no terminal. */
  redrawLine(text: string): void;
}

/**
 * Controls of C0 and C1, DEL, the marks that turn text around, and the separators that terminals
 * take for breaks.
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const LAYOUT = /[\n\t]/;
const ERASE_LINE = '\r\x1b[K';

export function textOutput(sink: TextSink): TextOutput {
  return {
    write: text => void sink.write(withoutControls(text)),
    writeLine: text => void sink.write(`${oneLine(text)}\n`),
    redrawLine: text => void (sink.isTTY && sink.write(`${ERASE_LINE}${oneLine(text)}`)),
  };
}

/**
 * Line breaks and tabs stay. JSON keeps its meaning: inside its strings these are the escapes of the
 * same characters.
 */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, character => (LAYOUT.test(character) ? character : escaped(character)));
}

/** The text without anything that breaks or steers a line. */
function oneLine(text: string): string {
  return text.replace(CONTROLS, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
