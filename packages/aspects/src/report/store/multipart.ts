/** A Part 10 file as the one part of a `multipart/related` body (PS3.18 8.6.1.2.1). */
export function multipartBody(part10: ArrayBuffer): { body: Blob; contentType: string } {
  const boundary = `deep-aspects-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  return {
    body: new Blob([head, part10, `\r\n--${boundary}--\r\n`]),
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
  };
}

/**
 * Content of the first part of a multipart body; the body itself where it is none.
 * Throws `Error` where the body does not have the parts that its type announces.
 */
export function firstPart(body: ArrayBuffer, contentType: string): ArrayBuffer {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!/^multipart\//i.test(contentType) || boundary === undefined) {
    return body;
  }
  const bytes = new Uint8Array(body);
  const delimiter = `--${boundary}`;
  const headers = indexOf(bytes, delimiter, 0);
  const start = headers < 0 ? -1 : indexOf(bytes, '\r\n\r\n', headers) + 4;
  const end = indexOf(bytes, `\r\n${delimiter}`, Math.max(start, 0));
  if (start < 4 || end < start) {
    throw new Error('The archive sent an answer that is cut short');
  }
  return body.slice(start, end);
}

function indexOf(bytes: Uint8Array, text: string, from: number): number {
  const pattern = new TextEncoder().encode(text);
  for (let at = bytes.indexOf(pattern[0], from); at >= 0; at = bytes.indexOf(pattern[0], at + 1)) {
    if (pattern.every((value, index) => bytes[at + index] === value)) {
      return at;
    }
  }
  return -1;
}
