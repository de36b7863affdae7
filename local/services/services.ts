import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PortName } from '../ports.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export type ServiceName = 'inline' | 'converter' | 'fan';

type Service = {
  readonly port: PortName;
  /** Entry file, from the top of the checkout. */
  readonly entry: string;
  readonly readyPath?: string;
  /** Arguments of node that run it. */
  readonly args: (entry: string) => readonly string[];
};

/** Our own programs, started from their entry files as in production. */
export const services: Readonly<Record<ServiceName, Service>> = {
  inline: {
    port: 'inline',
    entry: 'convert_stream/main.ts',
    readyPath: '/readyz',
    args: (entry) => [entry],
  },
  converter: {
    port: 'converter',
    entry: 'convert_batch/run/main.ts',
    readyPath: '/readyz',
    args: (entry) => [entry],
  },
  // functions-framework answers a GET with 500, so listening is the only sign of readiness.
  fan: { port: 'fan', entry: 'convert_batch/gcf/index.ts', args: functionsFramework },
};

export const serviceNames = Object.keys(services) as readonly ServiceName[];

function functionsFramework(entry: string): readonly string[] {
  const library = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const program = join(dirname(library), 'main.js');
  return [program, '--target=Fan', '--signature-type=cloudevent', `--source=${entry}`];
}
