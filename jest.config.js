/** Tests are transpiled by swc; types are a check of their own (`npm run types`). */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
};
