/** What webpack makes of `aspectsResult.schema.json`, for jest, which takes every `.json` for data. */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const compile = require('../build/schemaValidator.cjs');

const schema = path.resolve(
  __dirname,
  '../../packages/aspects/src/scoring/aspects/aspectsResult.schema.json'
);
new Function('module', 'require', compile(readFileSync(schema, 'utf8')))(module, require);
