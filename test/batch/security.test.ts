import { expect, test } from '@jest/globals';
import { jobBody } from '../../convert_batch/job.ts';
import { stripSignature } from '../../local/oidc/strip.ts';
import { forbidden, good, strippedUnauthorized, unauthorized } from '../cloud/support/tokens.ts';
import { jobFor } from './support/jobs.ts';
import { png } from './support/pictures.ts';
import { destination, type Rig, records, withBatch } from './support/rig.ts';

/** Sends a good job with this token. Any call to storage afterwards would be the converter’s. */
async function send(rig: Rig, token: string | undefined): Promise<number> {
  const generation = await rig.upload('logo.png', await png());
  rig.storage.faults.add({ delayMs: 0, times: 1000 });
  const response = await fetch(`${rig.converterUrl}/convert`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: jobBody(jobFor(generation)),
  });
  await response.arrayBuffer();
  return response.status;
}

const callsOfStorage = (rig: Rig): number => rig.storage.faults.list()[0]?.hits ?? 0;

async function expectNothing(rig: Rig, token: string | undefined): Promise<void> {
  expect(callsOfStorage(rig)).toBe(0);
  rig.storage.faults.clear();
  expect(await rig.names(destination)).toEqual([]);
  expect(await rig.names(records)).toEqual([]);
  const [, claims = ''] = token?.split('.') ?? [];
  if (claims) expect(JSON.stringify(rig.lines)).not.toContain(claims);
}

const quiet = { EXCLUDE: '**' };

test('a good token is accepted', () =>
  withBatch({ env: quiet }, async (rig) => {
    expect(await send(rig, await rig.oidc.mint(good))).toBe(200);
    expect(callsOfStorage(rig)).toBeGreaterThan(0);
  }));

test('a bad token gets 401: nothing is read, written or revealed', () =>
  withBatch({ env: quiet }, async (rig) => {
    for (const [what, make] of unauthorized) {
      const token = await make(rig.oidc);
      expect([what, await send(rig, token)]).toEqual([what, 401]);
      await expectNothing(rig, token);
    }
  }));

test('another account gets 403: nothing is read or written', () =>
  withBatch({ env: quiet }, async (rig) => {
    for (const [what, make] of forbidden) {
      const token = await make(rig.oidc);
      expect([what, await send(rig, token)]).toEqual([what, 403]);
      await expectNothing(rig, token);
    }
  }));

test('behind IAM a token without signature is accepted, but only with good claims', () =>
  withBatch({ env: { ...quiet, IAM_VERIFIED: 'true' } }, async (rig) => {
    for (const [what, make] of strippedUnauthorized) {
      const token = stripSignature((await make(rig.oidc)) ?? '');
      expect([what, await send(rig, token)]).toEqual([what, 401]);
      await expectNothing(rig, token);
    }
    for (const [what, make] of forbidden) {
      const token = stripSignature((await make(rig.oidc)) ?? '');
      expect([what, await send(rig, token)]).toEqual([what, 403]);
      await expectNothing(rig, token);
    }
    expect(await send(rig, stripSignature(await rig.oidc.mint(good)))).toBe(200);
  }));

test('behind IAM the queue’s tokens without signature are enough for an upload’s outputs', () =>
  withBatch({ env: { IAM_VERIFIED: 'true' } }, async (rig) => {
    rig.oidc.switches.stripSignatures = true;
    await rig.upload('logo.png', await png(), { name: '1', formats: 'jpg' });
    await rig.settled();
    expect(await rig.names(destination)).toEqual(['1.jpg']);
  }));

test('without IAM those tokens are refused, and no output is made', () =>
  withBatch({ maxAttempts: 2 }, async (rig) => {
    rig.oidc.switches.stripSignatures = true;
    await rig.upload('logo.png', await png(), { name: '1', formats: 'jpg' });
    await rig.settled();
    expect(await rig.names(destination)).toEqual([]);
    expect(rig.linesOf('refused')).toHaveLength(2);
  }));
