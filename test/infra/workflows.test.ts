import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import about from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

test.each(files)(
  '%s names each action by its commit, with the version beside it, and asks for rights',
  (file) => {
    const text = read(file);
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, name]) => !name?.startsWith('./'));
    expect(used.length).toBeGreaterThan(0);
    for (const [line] of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(parse(text)).toHaveProperty('permissions');
  },
);

test('CI runs on Linux what a change must pass, and tests on macOS and Windows', () => {
  const { jobs } = parse(read('ci.yml'));
  expect(jobs.linux.steps.map(({ run }: { run?: string }) => run)).toContain('.ci/run');
  expect(jobs.elsewhere.strategy.matrix.os).toEqual(['macos-latest', 'windows-latest']);
});

test('a release is signed and tells where it comes from', () => {
  const text = read('release.yml');
  const { jobs } = parse(text);
  for (const job of ['npm', 'images', 'chart']) {
    expect(jobs[job].permissions['id-token']).toBe('write');
    expect(jobs[job].needs).toContain(job === 'chart' ? 'images' : 'ci');
  }
  for (const part of [
    '--provenance',
    '--sbom=true',
    'linux/amd64,linux/arm64',
    'cosign sign --yes',
    'oci://',
  ])
    expect(text).toContain(part);
});

const notes = (version: string) =>
  spawnSync('bash', [join(root, '.ci/notes'), version], { encoding: 'utf8' });

test.each([about.version, '1.0.0'])(
  'the notes of %s come from the changelog, without those of others',
  (version) => {
    const { status, stdout } = notes(version);
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(50);
    expect(stdout).not.toMatch(/^## /m);
  },
);

test('a version without notes is no release', () => {
  const { status, stderr } = notes('9.9.9');
  expect([status, stderr]).toEqual([1, 'CHANGELOG.md has nothing under: ## 9.9.9\n']);
});
