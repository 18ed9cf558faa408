import type { AspectsResult } from './aspectsResult';
// Not the schema but its validator, which the build makes of it (scripts/build/schemaValidator.cjs).
import compiledSchema from './aspectsResult.schema.json';
import { upgradeResult, type StoredResult } from './upgradeResult';

interface Validator {
  (value: unknown): value is AspectsResult;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

const isAspectsResult = compiledSchema as unknown as Validator;

/**
 * An `AspectsResult` from parsed JSON of any origin, converted to the current version; undefined if its
 * version is unknown. Throws a TypeError that names the first field that violates
 * `aspectsResult.schema.json`.
 */
export function parseAspectsResult(value: unknown): AspectsResult | undefined {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError('it is not an object');
  }
  // The schema is that of the present version: an earlier one is checked as what it becomes.
  const upgraded: unknown = upgradeResult(value as StoredResult);
  if (upgraded === undefined || isAspectsResult(upgraded)) {
    return upgraded;
  }
  const [{ instancePath, message = 'is not valid' }] = isAspectsResult.errors ?? [{ instancePath: '' }];
  throw new TypeError(`${instancePath || 'it'} ${message}`);
}
