import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { jobBody } from '../../convert_batch/job.ts';
import { png } from './support/pictures.ts';
import { account, audience, destination, type Rig, records, source, withBatch } from './support/rig.ts';

const entry = fileURLToPath(new URL('../../convert_batch/run/main.ts', import.meta.url));
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

/** The converter as it is started in production, with nothing in its environment but `env`. */
function run(env: Readonly<Record<string, string>>) {
  const program = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child = program;
  let stderr = '';
  program.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  const exit = once(program, 'exit').then(([code]) => ({ code: code as number, stderr }));
  return { program, exit };
}

async function started(env: Readonly<Record<string, string>>) {
  const { program, exit } = run(env);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: program.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      if (line.event === 'listening') resolve(line.url);
    });
    exit.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { program, exit, url };
}

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
  const job = { format: 'jpg', source: 'logo.png', name: '1.jpg', bucket: source, generation };
  const token = await rig.oidc.mint({ audience, email: account });
  const rest = { params: '', outputs: '[]', fault: '', attempt: 0, traceparent: '' };
  return await fetch(`${url}/convert`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: jobBody({ ...job, ...rest }),
  });
}

test('the program works on a job, lets it finish after SIGTERM, and ends with 0', () =>
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

test('all faults of the settings are told at once, without a stack, and the exit status is 2', async () => {
  const { code, stderr } = await run({ PORT: 'http', OIDC_JWKS_URI: 'keys' }).exit;
  expect(code).toBe(2);
  for (const name of ['PORT', 'OIDC_JWKS_URI', 'RUN_URL', 'SERVICE_ACCOUNT', 'RECORDS_BUCKET']) {
    expect(stderr).toMatch(new RegExp(`^  ${name}: expected `, 'm'));
  }
  expect(stderr).not.toMatch(/ at /);
});
