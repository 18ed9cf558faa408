/** The conformance tests: run by run.mjs, which finds the independent readers first. */
module.exports = {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/conformance/**/*.conformance.ts'],
  moduleNameMapper: { '/aspectsResult\\.schema\\.json$': '<rootDir>/scripts/jest/resultValidator.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!d3-|internmap)'],
  transform: {
    '\\.m?[jt]s$': 'babel-jest',
  },
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
