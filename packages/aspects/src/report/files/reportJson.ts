import type { AspectsResult } from '../../scoring/aspects/aspectsResult';

/** The `AspectsResult` as a JSON file, indented, with a final line break. */
export function reportJson(result: AspectsResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
