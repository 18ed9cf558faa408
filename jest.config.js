/** Unit tests next to the code and in tests/unit. What needs a browser with WebGL is in tests/e2e. */
module.exports = {
  testEnvironment: 'node',
  // Machines that run this are small and busy; a hanging test still ends.
  testTimeout: 60_000,
  // A sandbox stands before the globals of a test: loops over pixels ask for these too often.
  sandboxInjectedGlobals: ['Math', 'Number', 'Infinity', 'Array'],
  testMatch: [
    '<rootDir>/{packages,extensions,modes,cli,demo-server}/**/*.test.ts?(x)',
    '<rootDir>/tests/{unit,conformance}/**/*.test.ts?(x)',
  ],
  globalSetup: '<rootDir>/scripts/jest/makeTemporaryFolder.cjs',
  globalTeardown: '<rootDir>/scripts/jest/removeTemporaryFolder.cjs',
  setupFilesAfterEnv: ['<rootDir>/scripts/jest/compareIntegers.cjs'],
  moduleNameMapper: { '/aspectsResult\\.schema\\.json$': '<rootDir>/scripts/jest/resultValidator.cjs' },
  // d3 comes as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!d3-|internmap)'],
  transform: {
    '\\.m?[jt]sx?$': 'babel-jest',
    '\\.css$': '<rootDir>/scripts/jest/cssText.cjs',
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
