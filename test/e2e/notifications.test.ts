import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { randomPorts } from '../../local/ports.ts';
import { isListening } from '../../local/services/readiness.ts';
import { startTarget } from '../local/support/target.ts';
import { logo, startTestCloud } from './support/cloud.ts';

interface Push {
  readonly message: {
    readonly attributes: Readonly<Record<string, string>>;
    readonly data: string;
    readonly messageId: string;
  };
  readonly subscription: string;
}

const objectIn = ({ message }: Push) =>
  JSON.parse(Buffer.from(message.data, 'base64').toString()) as Readonly<Record<string, unknown>> & {
    readonly metadata?: Readonly<Record<string, string>>;
  };

test('outputs, records and manifests are pushed as Cloud Storage notifies Pub/Sub, until the webhook says yes', async () => {
  // Pub/Sub takes no other answer of the twos and threes.
  const refusals = [503, 203, 307];
  const target = await startTarget((_, res) => {
    res.writeHead(refusals.shift() ?? 204).end();
  });
  const cloud = await startTestCloud({ notify: target.url, queues: ['q1', 'q2'], env: { MANIFEST: 'true' } });
  const bad = join(cloud.dir, 'bad.png');
  await writeFile(bad, 'no picture');
  await cloud.run('put', logo, '--name', 'n', '--formats', 'webp,jpg,png,gif', '--json');
  await cloud.run('put', bad, '--name', 'bad', '--formats', 'webp', '--json');
  await cloud.idle();
  const pushes = target.seen.map(({ body }) => JSON.parse(String(body)) as Push);
  const of = (id: string) => pushes.filter(({ message }) => message.attributes.objectId === id);

  const [output] = of('n.webp');
  expect(output?.message.attributes).toEqual({
    notificationConfig: 'projects/_/buckets/imagetx-dst/notificationConfigs/1',
    eventType: 'OBJECT_FINALIZE',
    payloadFormat: 'JSON_API_V1',
    bucketId: 'imagetx-dst',
    objectId: 'n.webp',
    objectGeneration: expect.stringMatching(/^\d+$/),
    eventTime: expect.stringMatching(/Z$/),
  });
  expect(output?.subscription).toBe('projects/local-dev/subscriptions/imagetx-webhook');
  expect(objectIn(output as Push)).toMatchObject({
    kind: 'storage#object',
    name: 'n.webp',
    contentType: 'image/webp',
  });
  expect(target.seen[0]?.headers.authorization).toMatch(/^Bearer ey/);
  expect(of('_failed/bad.webp.json')).toHaveLength(1);
  // Three were refused and came again with their own id.
  expect(pushes.length - new Set(pushes.map(({ message }) => message.messageId)).size).toBe(3);

  const states = of('_manifest/logo.png.json').map((push) => objectIn(push));
  const newestFirst = states.toSorted((a, b) => Number(b.generation) - Number(a.generation));
  expect(newestFirst.map(({ metadata }) => metadata?.state)).toEqual([
    'done',
    ...Array(newestFirst.length - 1).fill('waiting'),
  ]);
  expect(of('_manifest/bad.png.json').map((push) => objectIn(push).metadata?.state)).toEqual(['failed']);
  // An overwritten object tells the generation before.
  const [later] = of('_manifest/logo.png.json').filter(
    ({ message }) => message.attributes.overwroteGeneration,
  );
  expect(states.map(({ generation }) => generation)).toContain(later?.message.attributes.overwroteGeneration);
  await cloud.close();
  await target.close();
});

test('the webhook of the docs verifies the token and tells outputs, failures and settled sources', async () => {
  const { trace: port } = await randomPorts();
  const url = `http://127.0.0.1:${port}/`;
  const cloud = await startTestCloud({ notify: url, env: { MANIFEST: 'true' } });
  const webhook = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../docs/examples/webhook.mjs', import.meta.url))],
    {
      env: {
        PORT: String(port),
        AUDIENCE: url,
        OIDC_ISSUERS: cloud.urls.oidc,
        OIDC_JWKS_URI: `${cloud.urls.oidc}/oauth2/v3/certs`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const told: string[] = [];
  const listening = Promise.withResolvers<void>();
  createInterface({ input: webhook.stdout }).on('line', (line) => {
    told.push(line);
    listening.resolve();
  });
  webhook.once('exit', () => listening.reject(new Error('the webhook has ended')));
  await listening.promise;
  expect(await isListening(port)).toBe(true);
  await cloud.run('put', logo, '--name', '_n/日本', '--formats', 'webp', '--sizes', '64', '--json');
  await cloud.store.write({
    ...{ bucket: cloud.buckets.records, name: '_backfill/w/run.json', data: Buffer.from('{}') },
    contentType: 'application/json',
  });
  await cloud.idle();
  const stranger = await fetch(url, { method: 'POST', body: await readFile(logo, 'base64') });
  expect(stranger.status).toBe(401);
  expect(told.slice(1).sort()).toEqual([
    expect.stringMatching(/^made imagetx-dst\/_n\/日本-64w\.webp: 64 x 64, \d+ bytes$/),
    'settled logo.png: done',
  ]);
  webhook.kill();
  await cloud.close();
});
