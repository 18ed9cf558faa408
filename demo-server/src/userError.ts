/** Something that the user of the demo server can put right; the message says what. Shown without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
