import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inFolder } from '../support/folder.ts';
import { withUploads } from './support/uploads.ts';
import { pretendCloud, ran } from './support/world.ts';

test('Ctrl-C while a command waits for outputs says that they are still being made, and how to see them', () =>
  withUploads(async (dir) => {
    const file = join(dir, 'new.png');
    await writeFile(file, 'x');
    const farewells: (() => void)[] = [];
    const told: string[] = [];
    const world = {
      err: (text: string) => void told.push(text),
      onInterrupt: (farewell: () => void) => {
        farewells.push(farewell);
        return () => {};
      },
    };
    await ran(['put', file, '--formats', 'jpg', '--timeout', '0', '--local', dir], world);
    told.length = 0;
    for (const farewell of farewells) farewell();
    expect(told).toEqual([
      "imagetx: the outputs of the uploaded file are still being made; see imagetx status 'gs://imagetx-src/new.png'",
    ]);
  }));

test('Ctrl-C during an upload says what was not uploaded, and ends the command by the signal', () =>
  inFolder(async (dir) => {
    const uploading = Promise.withResolvers<void>();
    const silent = createServer((req, res) => {
      if (req.method === 'GET') res.writeHead(404).end('{}');
      else uploading.resolve();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await pretendCloud(dir, { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` });
    await writeFile(join(dir, 'new.png'), 'x');
    const args = ['cli/main.ts', 'put', join(dir, 'new.png'), '--formats', 'jpg', '--local', dir];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      const exit = once(child, 'exit');
      const said = child.stderr.toArray();
      await uploading.promise;
      child.kill('SIGINT');
      expect(await exit).toEqual([null, 'SIGINT']);
      expect(Buffer.concat(await said).toString()).toBe('imagetx: stopped: 1 of 1 files were not uploaded\n');
    } finally {
      child.kill('SIGKILL');
      silent.close().closeAllConnections();
    }
  }));
