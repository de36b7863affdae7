import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { startLocalCloud } from '../../local/cloud.ts';
import { fixedPorts, portNames, ports, randomPorts } from '../../local/ports.ts';
import { inFolder } from '../support/folder.ts';
import { bucketOf, uploadTo, withCloud } from './support/cloud.ts';

const names = async (bucket: ReturnType<typeof bucketOf>) =>
  (await bucket.getFiles())[0].map((file) => file.name).sort();

test('an upload goes through Fan, the queue and the converter into the bucket behind the CDN', () =>
  withCloud({}, async (cloud) => {
    await uploadTo(cloud, 'logo.png', { name: '1', formats: 'svg,jpg' });
    await cloud.idle();
    expect(await names(bucketOf(cloud, 'destination'))).toEqual(['1.jpg', '1.svg']);
    expect(cloud.tasks.stats()).toMatchObject({ created: 2, done: 2 });
    const agent = new Agent({ connect: { ca: cloud.ca } });
    const answer = await request(`${cloud.urls.cdn}/1.jpg`, { dispatcher: agent });
    expect(answer.statusCode).toBe(200);
    expect(await answer.body.text()).toBe('bytes of logo.png');
    await agent.close();
  }));

test('a killed converter gets its tasks again after its restart', () =>
  withCloud({ queue: { minBackoffMs: 1, maxBackoffMs: 20, maxAttempts: -1 } }, async (cloud) => {
    await cloud.services.converter.kill('SIGKILL');
    expect(cloud.services.converter.pid()).toBeUndefined();
    await uploadTo(cloud, 'logo.png', { name: '2', formats: 'webp' });
    await cloud.events.idle();
    expect(await names(bucketOf(cloud, 'destination'))).toEqual([]);
    await cloud.services.converter.restart();
    await cloud.idle();
    expect(await names(bucketOf(cloud, 'destination'))).toEqual(['2.webp']);
  }));

test('a converter that verifies signatures refuses tokens without one, as IAM of Cloud Run passes them on', () =>
  withCloud({ queue: { minBackoffMs: 1, maxAttempts: 2 } }, async (cloud) => {
    cloud.oidc.switches.stripSignatures = true;
    await uploadTo(cloud, 'logo.png', { name: '3', formats: 'jpg' });
    await cloud.idle();
    expect(await names(bucketOf(cloud, 'destination'))).toEqual([]);
    expect(cloud.tasks.stats()).toMatchObject({ again: 1, dropped: 1 });
  }));

test('a service that exits by itself is restarted, with a line on the terminal', async () => {
  const lines: string[] = [];
  const told = Promise.withResolvers<void>();
  const onEvent = (line: string) => {
    lines.push(line);
    told.resolve();
  };
  await withCloud({ isKept: true, onEvent, env: { GREETING: 'hello' } }, async (cloud) => {
    const ask = async () => await (await fetch(cloud.urls.inline)).text();
    const before = cloud.services.inline.pid();
    expect(await ask()).toBe(`${before} hello`);
    await expect(fetch(`${cloud.urls.inline}/die`)).rejects.toThrow();
    await told.promise;
    await cloud.services.inline.start();
    const after = await untilAnswered(ask);
    expect(after).toMatch(/^\d+ hello$/);
    expect(after).not.toBe(`${before} hello`);
    expect(lines).toEqual([expect.stringMatching(/^inline exited \(exit status 3\)/)]);
  });
});

test('the next start in the same folder continues the work of the last one', () =>
  inFolder(async (dir) => {
    const certificates = join(dir, 'certs');
    const first = await startLocalCloud({ dir, ports: 'random', services: false, certificates });
    await uploadTo(first, 'logo.png', { name: '4', formats: 'jpg' });
    await first.close();
    await withCloud({ dir, certificates }, async (cloud) => {
      await cloud.idle();
      expect(await names(bucketOf(cloud, 'destination'))).toEqual(['4.jpg']);
    });
  }));

test('the error of a service that cannot start has its name and the end of its log, and nothing keeps running', () =>
  inFolder(async (dir) => {
    const chosen = await randomPorts();
    const entries = { inline: join(dir, 'none.ts') };
    const starting = startLocalCloud({ dir, ports: chosen, entries, certificates: join(dir, 'certs') });
    await expect(starting).rejects.toThrow(/inline exited before it was ready[\s\S]*none\.ts/);
    expect(await fixedPorts(chosen)).toEqual(chosen);
  }));

test('the error of a port in use names the option that changes it', async () => {
  const chosen = await randomPorts();
  const server = createServer().listen(chosen.cdn, '127.0.0.1');
  await once(server, 'listening');
  await expect(fixedPorts(chosen)).rejects.toThrow(`port ${chosen.cdn} (CDN over TLS): --cdn-port=N`);
  server.close();
  await once(server, 'close');
});

test('two clouds that start at once are given other ports', async () => {
  const both = (await Promise.all([randomPorts(), randomPorts()])).flatMap((chosen) => Object.values(chosen));
  expect(new Set(both).size).toBe(2 * portNames.length);
});

test('the documented ports differ from each other', () => {
  expect(new Set(portNames.map((name) => ports[name].port)).size).toBe(portNames.length);
});

async function untilAnswered(ask: () => Promise<string>): Promise<string> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
  }
}
