import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** As Kubernetes runs it; runc and the limits are what works inside a container too. */
export const jail = [
  ...['--runtime', '/usr/sbin/runc', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'],
  ...['--read-only', '--read-only-tmpfs=false', '--cap-drop=ALL', '--security-opt', 'no-new-privileges'],
  ...['--network', 'host', '--rm'],
];

interface Run {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** After the image's name; those of Imaginary get the port as a flag, the others in the environment. */
  readonly args: readonly string[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** What the image's own health check says: `healthy` or the reason. */
export function healthOf(container: string): string {
  const { status, stdout, stderr } = spawnSync('podman', ['healthcheck', 'run', container], {
    encoding: 'utf8',
  });
  return status === 0 ? 'healthy' : `${stdout}${stderr}`;
}

/** Runs an image until `use` is done, then ends it as a platform does. */
export async function running(
  { image, env: own, args }: Run,
  use: (url: string, name: string) => Promise<void>,
) {
  const port = await freePort();
  const name = `imagetx-test-${process.pid}-${port}`;
  const isFlags = args[0]?.startsWith('-') ?? false;
  const env = { ...own, ...(isFlags ? {} : { PORT: port }), HOST: '127.0.0.1', DRAIN_MS: 9000 };
  const flags = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const words = isFlags ? ['-p', String(port), ...args] : args;
  const child = spawn('podman', ['run', ...jail, '--name', name, ...flags, image, ...words]);
  const exit = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}/readyz`)).ok;
  try {
    while (child.exitCode === null && !(await ready().catch(() => false))) await sleep(50);
    if (child.exitCode !== null) throw new Error(said);
    await use(url, name);
  } finally {
    if (child.exitCode === null)
      execFileSync('podman', ['kill', '--signal', 'TERM', name], { stdio: 'pipe' });
  }
  const [code] = await exit;
  return { code, said };
}
