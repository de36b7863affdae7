import { expect, test } from '@jest/globals';
import { jobBody } from '../../convert_batch/job.ts';
import { programOf } from '../support/program.ts';
import { jobFor } from './support/jobs.ts';
import { png } from './support/pictures.ts';
import { account, audience, destination, type Rig, records, source, withBatch } from './support/rig.ts';

const { run, started } = programOf('convert_batch/run/main.ts');

const envOf = (rig: Rig) => ({
  PORT: '0',
  PROJECT_ID: 'local-dev',
  SRC_BUCKET_NAME: source,
  DEST_BUCKET_NAME: destination,
  RECORDS_BUCKET: records,
  RUN_URL: audience,
  SERVICE_ACCOUNT: account,
  STORAGE_EMULATOR_HOST: rig.storage.url,
  OIDC_ISSUERS: rig.oidc.issuer,
  OIDC_JWKS_URI: rig.oidc.jwksUri,
});

async function send(rig: Rig, url: string): Promise<Response> {
  const generation = (await rig.store.stat({ bucket: source, name: 'logo.png' }))?.generation ?? '';
  const token = await rig.oidc.mint({ audience, email: account });
  return await fetch(`${url}/convert`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: jobBody(jobFor(generation)),
  });
}

test('the program finishes a running job after SIGTERM, and exits with 0', () =>
  withBatch({ env: { EXCLUDE: '**' } }, async (rig) => {
    await rig.upload('logo.png', await png());
    const { program, exit, url } = await started(envOf(rig));
    rig.storage.faults.add({ path: 'alt=media', delayMs: 300 });
    const sending = send(rig, url);
    while (rig.storage.faults.list()[0]?.hits !== 1) await new Promise((resolve) => setImmediate(resolve));
    program.kill('SIGTERM');
    expect(await (await sending).text()).toBe('ok');
    expect(await exit).toMatchObject({ code: 0 });
    expect(await rig.names(destination)).toEqual(['1.jpg']);
  }));

test('all faults of the settings are reported at once, without a stack, with exit status 2', async () => {
  const { code, stderr } = await run({ PORT: 'http', OIDC_JWKS_URI: 'keys' }).exit;
  expect(code).toBe(2);
  for (const name of ['PORT', 'OIDC_JWKS_URI', 'RUN_URL', 'SERVICE_ACCOUNT', 'RECORDS_BUCKET']) {
    expect(stderr).toMatch(new RegExp(`^  ${name}: expected `, 'm'));
  }
  expect(stderr).not.toMatch(/ at /);
});
