/** The conformance tests: run by run.mjs, which finds the independent readers first. */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  // As for the unit tests, which say why.
  sandboxInjectedGlobals: ['Math', 'Number', 'Infinity', 'Array'],
  testMatch: ['<rootDir>/tests/conformance/**/*.conformance.ts'],
  moduleNameMapper: { '/aspectsResult\\.schema\\.json$': '<rootDir>/scripts/jest/resultValidator.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!d3-|internmap)'],
  transform: {
    '\\.m?[jt]s$': 'babel-jest',
  },
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
