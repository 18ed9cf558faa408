import { withoutControls } from './textOutput';

/**
 * JSON that a terminal can show: controls and turning marks, which JSON may hold as they are, stand
 * as its escapes.
 */
export function jsonText(value: unknown, indent?: number): string {
  return withoutControls(JSON.stringify(value, null, indent));
}
