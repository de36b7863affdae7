import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Expected, faultsOf } from './judge.ts';
import { type Origin, startOrigin } from './origin.ts';
import { readPicture, testPictures } from './pictures.ts';
import { formWith, type Server, send, startWith } from './server.ts';

interface Case {
  readonly id: string;
  readonly compat: 'must' | 'should' | 'quirk' | 'bug';
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly method: string | null;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: { readonly kind: string; readonly fixture?: string; readonly field?: string };
  readonly repeat?: number;
  readonly isolate?: boolean;
  readonly expect: Expected;
  readonly better?: Expected;
}

const cases: readonly Case[] = JSON.parse(readFileSync(path.join(import.meta.dirname, 'cases.json'), 'utf8'));
const requests = cases.filter(({ method }) => method !== null);
const copied = requests.filter(({ compat }) => compat === 'must' || compat === 'should');

/** Where an addition of ours, or a choice that the table leaves open, gives another answer. */
const denied: Expected = { status: 400, bodyIncludes: 'not allowed remote URL origin' };
const ours: Readonly<Record<string, Expected>> = {
  'background-short-red': { status: 200, type: 'image/jpeg' },
  'background-short-_23ffffff': { status: 200, type: 'image/jpeg' },
  'origins-unparsable-fails-open': denied,
};
const better: readonly Case[] = requests
  .filter((one) => one.compat === 'bug' && one.better)
  .map((one) => ({ ...one, expect: ours[one.id] ?? one.better ?? {} }));

let folder: string;
let origin: Origin;
const servers = new Map<string, Server>();
const seen = new Map<string, Buffer>();

const filled = (text: string): string =>
  text
    .replaceAll('{{ORIGIN_HOST}}', origin.host)
    .replaceAll('{{ORIGIN}}', origin.url)
    .replaceAll('{{DEAD}}', 'http://127.0.0.1:9')
    .replaceAll('{{TESTDATA}}', folder)
    .replaceAll('./imaginary-testdata', path.relative('.', folder));

const filledIn = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_key, item) => (typeof item === 'string' ? filled(item) : item));

async function serverFor({ flags, env, isolate, id }: Case): Promise<Server> {
  const key = JSON.stringify([flags, env, isolate ? id : '']);
  const server = servers.get(key) ?? (await startWith(filledIn(flags), env));
  if (typeof server === 'number') throw new Error(`the server did not start: ${server}`);
  servers.set(key, server);
  return server;
}

async function bodyOf({ body, headers = {} }: Case) {
  if (body.fixture === undefined) return { headers };
  const bytes = await readPicture(folder, body.fixture);
  const { body: sent, type } =
    body.kind === 'multipart'
      ? formWith(body.field ?? '', body.fixture, bytes)
      : { body: bytes, type: 'application/octet-stream' };
  return { body: sent, headers: { 'Content-Type': type, 'Content-Length': sent.length, ...headers } };
}

async function faultsIn(one: Case): Promise<readonly string[]> {
  const server = await serverFor(one);
  const asked = { method: one.method ?? 'GET', path: filled(one.path), ...(await bodyOf(one)) };
  const answers = [];
  for (let times = 0; times < (one.repeat ?? 1); times += 1) answers.push(await send(server.url, asked));
  const last = answers.at(-1);
  if (last === undefined) throw new Error('no answer');
  seen.set(one.id, last.body);
  return await faultsOf({ ...last, out: server.out() }, filledIn(one.expect), seen);
}

beforeAll(async () => {
  folder = await testPictures();
  origin = await startOrigin(folder);
});
afterAll(async () => {
  await Promise.all([...servers.values()].map(({ running }) => running.close()));
  await origin.close();
  await rm(folder, { recursive: true });
});

describe('what Imaginary does, recorded', () => {
  test.each(copied)('$id', async (one) => {
    expect(await faultsIn(one)).toEqual([]);
  });
});

describe('what Imaginary does wrong, done better', () => {
  test.each(better)('$id', async (one) => {
    expect(await faultsIn(one)).toEqual([]);
  });
});
