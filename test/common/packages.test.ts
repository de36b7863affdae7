import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const code = globSync('{common,engine,cloud,convert_stream,convert_batch}/**/*.ts', { cwd: root }).map(
  (file) => readFileSync(`${root}/${file}`, 'utf8'),
);

/** The project was asked for with these. */
test.each([
  'sharp',
  '@google-cloud/storage',
  '@google-cloud/tasks',
  '@google-cloud/functions-framework',
  'express',
  'multer',
  '@opentelemetry/sdk-node',
  '@google-cloud/opentelemetry-cloud-monitoring-exporter',
])('the programs are built on %s', (name) => {
  expect(dependencies).toHaveProperty([name]);
  expect(
    code.some((text) => new RegExp(`^import [^']*'${name}'|import\\('${name}'\\)`, 'm').test(text)),
  ).toBe(true);
});
