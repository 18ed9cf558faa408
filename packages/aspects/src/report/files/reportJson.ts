import type { AspectsResult } from '../../scoring/aspects/aspectsResult';

/** The `AspectsResult` as a JSON file (contracts: schema 1.0), indented, with a final line break. */
export function reportJson(result: AspectsResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
