/** The conformance tests: run by run.mjs, which finds the independent readers first. */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/conformance/**/*.conformance.ts'],
  transform: { '\\.[jt]s$': 'babel-jest' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
