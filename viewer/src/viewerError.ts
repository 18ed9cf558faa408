/** Something that the user of the viewer can put right; the message says what. Shown without a stack. */
export class ViewerError extends Error {
  override readonly name = 'ViewerError';
}
