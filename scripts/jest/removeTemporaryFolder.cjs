const { rmSync } = require('node:fs');
const path = require('node:path');

module.exports = () => {
  const folder = process.env.TMPDIR;
  rmSync(folder, { recursive: true, force: true });
  // A watching jest sets up again in the same process.
  process.env.TMPDIR = path.dirname(folder);
};
