import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, type ListenOptions, Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { listenOnlyOn } from '../../local/services/loopback.ts';
import { withCloud } from './support/cloud.ts';

const canSee = process.platform === 'linux';

/** The sockets that a process holds, by their inodes. */
async function socketsOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

interface Listening {
  /** In hexadecimal, as the kernel holds it. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

async function listeningIn(table: string): Promise<readonly Listening[]> {
  const [, ...rows] = (await readFile(table, 'utf8')).trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local = '', , , , , , , , inode = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { address, port: Number.parseInt(port, 16), inode };
    });
}

const loopback = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];

test('everything of a local cloud listens on loopback only, our own services included', () =>
  withCloud({ entries: {}, trace: true }, async (cloud) => {
    if (!canSee) return void process.stderr.write('skipped: sockets are listed in /proc\n');
    const pids = [process.pid, ...Object.values(cloud.services).map((child) => child.pid() ?? 0)];
    const held = new Set((await Promise.all(pids.map(socketsOf))).flat());
    const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(listeningIn));
    const ours = tables.flat().filter(({ inode }) => held.has(inode));
    expect(ours.map(({ port }) => port)).toEqual(expect.arrayContaining(Object.values(cloud.ports)));
    expect(ours.filter(({ address }) => !loopback.includes(address))).toEqual([]);
  }));

test.each([
  ['a port', [0]],
  ['a port as text', ['0']],
  ['a port and a backlog', [0, 5]],
  ['a port and an address', [0, '127.0.0.2']],
  ['options', [{ port: 0 }]],
  ['options with an address', [{ port: 0, host: '127.0.0.2' }]],
])(
  'a program that listens on %s gets the address of the local cloud unless it names one',
  async (_what, args) => {
    const { listen } = Server.prototype;
    listenOnlyOn('127.0.0.1');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(...(args as [ListenOptions]), () => resolve()));
    const address = server.address();
    server.close();
    Server.prototype.listen = listen;
    const named = JSON.stringify(args).includes('127.0.0.2');
    expect(address).toMatchObject({ address: named ? '127.0.0.2' : '127.0.0.1' });
  },
);
