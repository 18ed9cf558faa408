const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/**
 * Everything that tests write to the system's temporary folder goes into one of this run, which ends with it.
 */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(path.join(tmpdir(), 'deep-aspects-jest-'));
};
