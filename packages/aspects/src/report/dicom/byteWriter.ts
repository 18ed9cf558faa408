const FIRST_CAPACITY = 1 << 16;

/** A byte buffer that grows, little endian. */
export class ByteWriter {
  private data = new Uint8Array(FIRST_CAPACITY);
  private view = new DataView(this.data.buffer);
  private length = 0;

  uint16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }

  ascii(text: string): void {
    const at = this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      this.data[at + i] = text.charCodeAt(i);
    }
  }

  bytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.data.set(bytes, at);
  }

  /** A copy of what was written. */
  written(): ArrayBuffer {
    return this.data.slice(0, this.length).buffer;
  }

  /** Makes room for so many bytes, and gives where they begin. */
  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.data.length) {
      const grown = new Uint8Array(Math.max(2 * this.data.length, this.length + FIRST_CAPACITY));
      grown.set(this.data.subarray(0, at));
      this.data = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }
}
