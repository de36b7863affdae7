import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, fetch } from 'undici';
import { developmentCertificates } from '../../certs/make.ts';
import { closeServer, listenOn } from '../../local/kit/listening.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';

let dir: string;
beforeAll(async () => {
  dir = await temporaryDir();
});
afterAll(() => removeDir(dir));

const day = 24 * 60 * 60 * 1000;

test.each(['127.0.0.1', 'localhost'])('a client that trusts only the CA reaches %s', async (host) => {
  const { ca, cert, key } = await developmentCertificates(dir);
  const server = createServer({ cert, key }, (_, res) => res.end('trusted'));
  const { port } = new URL(await listenOn(server, 0, 'https'));
  const dispatcher = new Agent({ connect: { ca } });
  const answer = await fetch(`https://${host}:${port}/`, { dispatcher });
  expect(await answer.text()).toBe('trusted');
  await expect(fetch(`https://${host}:${port}/`)).rejects.toThrow();
  await dispatcher.destroy();
  await closeServer(server);
});

test('the leaf is for localhost in its three forms, signs nothing and lives at most 398 days', async () => {
  const { ca, cert } = await developmentCertificates(dir);
  const leaf = new X509Certificate(cert);
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect([leaf.ca, new X509Certificate(ca).ca]).toEqual([false, true]);
  expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBeLessThanOrEqual(398 * day);
});

test('keys are readable by their owner only', async () => {
  const { keyFile, caFile } = await developmentCertificates(dir);
  for (const file of [keyFile, caFile.replace('ca.pem', 'ca-key.pem')]) {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
});

test('valid certificates are kept; one that expires soon, or is damaged, is renewed under the same CA', async () => {
  const first = await developmentCertificates(dir);
  expect(await developmentCertificates(dir)).toEqual(first);
  const renewed = await developmentCertificates(dir, new Date(Date.now() + 370 * day));
  expect(renewed.ca).toBe(first.ca);
  expect(renewed.cert).not.toBe(first.cert);
  await writeFile(renewed.certFile, 'damaged');
  const repaired = await developmentCertificates(dir);
  expect(new X509Certificate(repaired.cert).verify(new X509Certificate(repaired.ca).publicKey)).toBe(true);
  expect(await readFile(repaired.certFile, 'utf8')).toBe(repaired.cert);
});

test('a CA near its end is renewed with its leaf', async () => {
  const first = await developmentCertificates(dir);
  const later = await developmentCertificates(dir, new Date(Date.now() + 5 * 365 * day));
  expect(later.ca).not.toBe(first.ca);
  expect(new X509Certificate(later.cert).verify(new X509Certificate(later.ca).publicKey)).toBe(true);
});
