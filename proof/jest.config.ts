import type { Config } from 'jest';
import base from '../jest.config.ts';

/** Proof of what is shipped, in a real browser, from packed artefacts, at real sizes: minutes, not seconds. */
const config: Config = {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/proof/**/*.test.ts'],
  testTimeout: 300_000,
};

export default config;
