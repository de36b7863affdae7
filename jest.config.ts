import type { Config } from 'jest';

/** Tests run as native ES modules, as production does; SWC only strips the types. */
const config: Config = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testSequencer: '<rootDir>/test/support/slowest_first.ts',
  // For a test that hangs: none takes a third of it on a machine a few times slower than a laptop.
  testTimeout: 180_000,
  maxWorkers: 2,
};

export default config;
