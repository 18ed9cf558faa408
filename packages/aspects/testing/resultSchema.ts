import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';

/**
 * Checks a result against the JSON Schema file itself, independently of the validator that is
 * compiled from it.
 */
export function resultSchema(): ValidateFunction {
  const file = join(__dirname, '../src/scoring/aspects/aspectsResult.schema.json');
  return new Ajv().compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}
