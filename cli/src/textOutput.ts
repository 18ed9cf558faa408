/** A stream that a command writes text to. */
export interface TextOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
