import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startWith } from '../imaginary/server.ts';

const file = join(import.meta.dirname, '../../infra/kubernetes/imaginary/flags.yaml');
const text = readFileSync(file, 'utf8');
const { args, env } = parse(text).spec.template.spec.containers[0];

/** Lines of the comment that begin with a flag; their explanation stands after two spaces. */
const recommended = [...text.matchAll(/^# {3}(-[a-z].*?)(?: {2,}.*)?$/gm)].map(([, flags = '']) =>
  flags.split(' '),
);
const values: Readonly<Record<string, string>> = { URL_SIGNATURE_KEY: 'x'.repeat(32) };
const environment = Object.fromEntries(
  env.flatMap(({ name, value }: { name: string; value?: string }) => {
    const given = value ?? values[name];
    return given && name !== 'PORT' ? [[name, given]] : [];
  }),
);

test('the comments recommend something', () => expect(recommended.length).toBeGreaterThan(4));

test.each([args, ...recommended])('the probes of a pod with %j succeed', async (...flags) => {
  const started = await startWith([...args, ...flags], environment);
  if (typeof started === 'number') throw new Error(`exit code ${started}`);
  const { url, running } = started;
  const probes = await Promise.all(['/readyz', '/healthz'].map((path) => fetch(`${url}${path}`)));
  expect(probes.map(({ status }) => status)).toEqual([200, 200]);
  await running.close();
});
