import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readArguments } from '../../local/arguments.ts';
import { startWith } from '../imaginary/server.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const dockerfile = read('Dockerfile');
const { services } = parse(read('compose.yaml'));

/** The words of an instruction in its JSON form, in the stage of that name. */
function wordsOf(stage: string, instruction: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`^FROM \\S+ AS ${stage}\\n([\\s\\S]*?)(?=^FROM |$(?![\\s\\S]))`, 'm').exec(dockerfile) ?? [];
  const [, words] = new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(body) ?? [];
  return JSON.parse(words ?? '[]');
}

test('every service is a target of the Dockerfile', () => {
  const targets = Object.values(services as Record<string, { build: { target: string } }>).map(
    ({ build }) => build.target,
  );
  expect(targets).toEqual(['imagetx', 'local']);
  for (const target of targets) expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
});

test('the on-the-fly service starts with its arguments, answers, and is open to this machine only', async () => {
  const { command, environment, ports, read_only } = services.onthefly;
  expect([ports, read_only]).toEqual([['127.0.0.1:9000:9000'], true]);
  expect(command.slice(0, 2)).toEqual(['-p', '9000']);
  const server = await startWith(command.slice(2), environment);
  if (typeof server === 'number') throw new Error(`exit code ${server}`);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await server.running.close();
});

test('the local cloud starts with arguments that it knows, on the network of the machine', () => {
  const [program, entry, ...args] = wordsOf('local', 'CMD');
  expect([program, entry]).toEqual(['node', 'local/main.ts']);
  expect(readArguments(args)).toMatchObject({ trace: true, services: true });
  expect(services.cloud.network_mode).toBe('host');
});

test('an image takes arguments as Imaginary does, and asks itself whether it is ready', () => {
  expect(wordsOf('runtime', 'ENTRYPOINT')).toEqual(['node', '/app/main.cjs']);
  expect(dockerfile).toContain('CMD ["node", "/app/main.cjs", "health"]');
  expect(dockerfile.match(/^HEALTHCHECK /gm)).toHaveLength(2);
});

/** Folders and files that the build of an image sees. */
const context = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

/** Imports of a file, from the root of the checkout. */
const importsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/(?:from|import\() ?'(\.{1,2}\/[^']+)'/g)].map(([, path = '']) =>
    join(dirname(file), path).replaceAll('\\', '/'),
  );

test('the build of an image sees every file that its sources import', () => {
  const folders = context.filter((name) => !name.includes('.'));
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name).replaceAll('\\', '/'))
      // The npm package is not made in an image.
      .filter((name) => !name.startsWith('build/package/')),
  );
  const isSeen = (path: string) => context.some((name) => path === name || path.startsWith(`${name}/`));
  const missing = sources.flatMap((file) =>
    importsOf(file)
      .filter((path) => !isSeen(path))
      .map((path) => `${file}: ${path}`),
  );
  expect(sources.length).toBeGreaterThan(200);
  expect(missing).toEqual([]);
  expect(read('.gcloudignore').split('\n')).toEqual(
    expect.arrayContaining(context.map((name) => `!${name}`)),
  );
});

test('base images are named by digest', () => {
  const bases = [...dockerfile.matchAll(/^ARG (?:BUILD|RUNTIME)_IMAGE=(.*)$/gm)].map(([, image]) => image);
  expect(bases).toHaveLength(2);
  for (const base of bases) expect(base).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test('the systemd unit starts with the flags that it names', async () => {
  const unit = read('infra/systemd/imagetx.service');
  const [, start = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  expect(start).toMatch(/^\/opt\/imagetx\/node_modules\/\.bin\/imagetx serve \$IMAGETX_FLAGS$/);
  const [, flags = ''] = /^Environment="IMAGETX_FLAGS=(.*)"$/m.exec(unit) ?? [];
  const server = await startWith([...flags.split(' '), '-p', '0']);
  if (typeof server === 'number') throw new Error(`exit code ${server}`);
  await server.running.close();
});
