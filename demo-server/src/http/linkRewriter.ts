import { Transform, type TransformCallback } from 'node:stream';

/**
 * What may follow the root of a service in a link; `http://pacs/dicom-web.evil.example` does not
 * begin with it.
 */
const AFTER_ROOT = /^[/?#"\\]/;

/**
 * Replaces links to one root by links to another in a text that passes through, wherever its pieces are cut.
 */
export class LinkRewriter extends Transform {
  private held = '';

  constructor(
    private readonly from: string,
    private readonly to: string
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // As bytes: the root is ASCII, and no piece of a longer character looks like it.
    const text = this.held + chunk.toString('latin1');
    // A link that begins later than this is not all there, or the character after it is not.
    const ready = Math.max(0, text.length - this.from.length);
    const { written, consumed } = this.rewritten(text, ready);
    this.held = text.slice(consumed);
    done(null, Buffer.from(written, 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.held, 'latin1'));
  }

  /** All links that begin before `ready`, with what stands between them. */
  private rewritten(text: string, ready: number): { written: string; consumed: number } {
    let written = '';
    let consumed = 0;
    for (let at = text.indexOf(this.from); at >= 0 && at < ready; at = text.indexOf(this.from, at + 1)) {
      const end = at + this.from.length;
      if (AFTER_ROOT.test(text.slice(end, end + 1))) {
        written += text.slice(consumed, at) + this.to;
        consumed = end;
      }
    }
    const until = Math.max(consumed, ready);
    return { written: written + text.slice(consumed, until), consumed: until };
  }
}
