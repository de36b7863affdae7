import { createServer } from 'node:net';
import { Problem } from '../common/problem.ts';

/** Fixed, so that documented commands work. `npm start --random-ports` or one option per port changes them. */
export const ports = {
  inline: { port: 8080, what: 'inline service' },
  converter: { port: 8081, what: 'batch converter' },
  fan: { port: 8082, what: 'function Fan' },
  storage: { port: 4443, what: 'storage' },
  'storage-tls': { port: 4444, what: 'storage over TLS, for gsutil' },
  tasks: { port: 8123, what: 'Cloud Tasks over gRPC' },
  oidc: { port: 8124, what: 'OIDC issuer' },
  cdn: { port: 8443, what: 'CDN over TLS' },
  trace: { port: 8127, what: 'traces and metrics, with --trace' },
} as const;

export type PortName = keyof typeof ports;
export type Ports = Readonly<Record<PortName, number>>;

export const portNames = Object.keys(ports) as readonly PortName[];

/**
 * The documented ports, replaced by those of `chosen`.
 * @throws Problem that names the ports in use and the options that change them.
 */
export async function fixedPorts(chosen: Partial<Ports> = {}): Promise<Ports> {
  const wanted = portNames.map((name) => [name, chosen[name] ?? ports[name].port] as const);
  const free = await Promise.all(wanted.map(([, port]) => isFree(port)));
  const taken = wanted.filter((_, i) => !free[i]);
  if (taken.length === 0) return Object.fromEntries(wanted) as Ports;
  const lines = taken.map(
    ([name, port]) => `port ${port} (${ports[name].what}): --${name}-port=N uses another port`,
  );
  throw new Problem(
    'unprocessable',
    `another program uses:\n  ${lines.join('\n  ')}\nor --random-ports picks free ports`,
  );
}

/** Below the ephemeral range, so that no outgoing connection takes one. */
const range = { first: 20_000, count: 12_000 };

/** Ports that a process has for itself, before it comes to those of the next one. */
const portsPerProcess = 1_009;

let nextOffset = process.pid * portsPerProcess;

/**
 * Free ports. Each process begins at another one and goes on from there, so that of clouds that start at the same time
 * none takes a port that another has found free.
 */
export async function randomPorts(): Promise<Ports> {
  const found: number[] = [];
  while (found.length < portNames.length) {
    const port = range.first + (nextOffset % range.count);
    nextOffset += 1;
    if (await isFree(port)) found.push(port);
  }
  return Object.fromEntries(portNames.map((name, i) => [name, found[i]])) as Ports;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
