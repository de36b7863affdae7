import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { portNames, randomPorts } from '../../local/ports.ts';
import { findRunning } from '../../local/running_file.ts';
import { isListening } from '../../local/services/readiness.ts';
import { inFolder } from '../support/folder.ts';
import { npmStart } from './support/start.ts';

const run = promisify(execFile);
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test('npm start prints all addresses, writes a file to source, and stops at Ctrl-C', () =>
  inFolder(async (dir) => {
    const { child, ended, output } = await npmStart([`--dir=${dir}`, '--random-ports', '--no-services']);
    const running = await findRunning(dir);
    expect(running?.pid).toBe(child.pid);
    for (const url of [running?.urls.storage, running?.urls.tasks, running?.urls.cdn]) {
      expect(output()).toContain(url);
    }

    const seen = await run('sh', ['-c', `. ${dir}/env; env`]);
    const lines = seen.stdout.split('\n');
    expect(lines).toContain(`STORAGE_EMULATOR_HOST=${running?.urls.storage}`);
    expect(lines).toContain(`CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE=${running?.urls.storage}/`);
    expect(lines).toContain(`BOTO_CONFIG=${join(dir, 'boto')}`);
    expect(await readFile(join(dir, 'boto'), 'utf8')).toContain(
      `gs_json_port = ${running?.ports['storage-tls']}\n`,
    );
    const buckets = await (await fetch(`${running?.urls.storage}/b?project=local-dev`)).json();
    const names = (buckets as { items: { name: string }[] }).items.map(({ name }) => name);
    expect(names.sort()).toEqual(['imagetx-dst', 'imagetx-records', 'imagetx-src']);

    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(output()).toMatch(/\nstopping\nstopped; objects stay in .*storage\n$/);
    expect(await findRunning(dir)).toBeUndefined();
    expect(await isListening(running?.ports.storage ?? 0)).toBe(false);
  }));

test('the local cloud stops when only npm is ended, although the shell between them is gone', () =>
  inFolder(async (dir) => {
    const main = file('../../local/main.ts');
    const script = '"$0" "$@"; echo over';
    const args = ['-c', script, process.execPath, main, `--dir=${dir}`, '--random-ports', '--no-services'];
    const env = { ...process.env, npm_lifecycle_event: 'start' };
    const shell = spawn('sh', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of shell.stdout) {
      output += chunk;
      if (output.includes('Ctrl-C')) shell.kill('SIGTERM');
    }
    expect(output).toMatch(/\nstopping\nstopped; objects stay in .*storage\n$/);
    expect(await findRunning(dir)).toBeUndefined();
  }));

test('a second start on the same folder is refused, and the files of a killed one are ignored', () =>
  inFolder(async (dir) => {
    const options = [`--dir=${dir}`, '--random-ports', '--no-services'];
    const first = await npmStart(options);
    const second = await npmStart(options);
    expect(await second.ended).toEqual([1, null]);
    expect(second.output()).toContain(`already runs (process ${first.child.pid})`);
    first.child.kill('SIGKILL');
    await first.ended;
    await writeFile(join(dir, 'env'), 'half a');
    const third = await npmStart(options);
    expect((await findRunning(dir))?.pid).toBe(third.child.pid);
    third.child.kill('SIGTERM');
    expect(await third.ended).toEqual([0, null]);
  }));

test('a port in use stops the start with its name and the option, without a stack trace', () =>
  inFolder(async (dir) => {
    const ports = await randomPorts();
    const server = createServer().listen(ports.tasks, '127.0.0.1');
    await once(server, 'listening');
    const options = portNames.map((name) => `--${name}-port=${ports[name]}`);
    const { ended, output } = await npmStart([`--dir=${dir}`, ...options]);
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain(`port ${ports.tasks} (Cloud Tasks over gRPC): --tasks-port=N`);
    expect(output()).not.toContain('    at ');
    server.close();
  }));

test.each([
  [['--colour'], /Unknown option '--colour'/],
  [['--cdn-port=none'], /--cdn-port: expected a whole number/],
  [
    ['--dir=package.json', '--random-ports'],
    /^imagetx cannot start: ENOTDIR: not a directory.*package\.json.*\n$/,
  ],
])('an option like %s is refused with a sentence', async (args, sentence) => {
  const { ended, output } = await npmStart(args);
  expect(await ended).toEqual([1, null]);
  expect(output()).toMatch(sentence);
});

test('when the local cloud is killed with -9, its services end too', () =>
  inFolder(async (dir) => {
    const script = file('support/cloud_process.ts');
    const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ports = JSON.parse(String((await once(child.stdout, 'data'))[0])) as number[];
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true, true]);
    child.kill('SIGKILL');
    for (const port of ports) while (await isListening(port));
  }));
