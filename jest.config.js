/** Tests are transpiled by swc; types are a check of their own (`npm run types`). */
const swc = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/'],
  transform: { '\\.[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [
    '^(?!.*/node_modules/(@?kubernetes-models|cidr-regex|is-cidr|ip-regex|super-regex)/).*/node_modules/',
  ],
  resolver: '<rootDir>/test/support/resolver.js',
};
