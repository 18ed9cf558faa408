module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/extensions/**/*.test.ts?(x)', '<rootDir>/modes/**/*.test.ts?(x)', '<rootDir>/cli/**/*.test.ts', '<rootDir>/viewer/**/*.test.ts', '<rootDir>/tests/unit/**/*.test.ts'],
  transform: { '\\.[jt]sx?$': 'babel-jest' },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};
