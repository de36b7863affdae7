import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../common/problem.ts';
import type { CloudOptions } from './options.ts';
import { type PortName, portNames, ports } from './ports.ts';

export type Arguments = Required<Pick<CloudOptions, 'dir' | 'ports' | 'services' | 'trace' | 'queues'>> &
  Pick<CloudOptions, 'notify'> & {
    /** Absolute path of a file of presets. */
    readonly presets?: string;
    readonly isHelp: boolean;
  };

const options = {
  help: { type: 'boolean' },
  dir: { type: 'string', default: '.local' },
  'random-ports': { type: 'boolean', default: false },
  'no-services': { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
  presets: { type: 'string' },
  queues: { type: 'string', default: 'q1' },
  notify: { type: 'string' },
  ...Object.fromEntries(portNames.map((name) => [`${name}-port`, { type: 'string' } as const])),
} as const;

/** @throws Problem when an option is unknown or a port is invalid. */
export function readArguments(args: readonly string[]): Arguments {
  const {
    help = false,
    dir,
    'random-ports': isRandom,
    'no-services': isBare,
    trace,
    presets,
    queues,
    notify,
    ...rest
  } = parse(args);
  const chosen = Object.entries(rest).map(([option, text]) => [
    option.replace(/-port$/, ''),
    toPort(option, text),
  ]);
  return {
    isHelp: help,
    dir,
    services: !isBare,
    trace,
    ...(presets ? { presets: resolve(presets) } : {}),
    queues: toQueues(queues),
    ...(notify === undefined ? {} : { notify: toUrl(notify) }),
    ports: isRandom ? 'random' : (Object.fromEntries(chosen) as Record<PortName, number>),
  };
}

export function helpText(): string {
  const rows = portNames.map((name) => `  --${name}-port=${ports[name].port}`.padEnd(28) + ports[name].what);
  return `npm start -- [options]: the local cloud

  --dir=.local              folder of all its state
  --random-ports            free ports instead of the documented ones
  --no-services             only the emulators of Google's services, without our own services
  --presets=FILE            presets for all doors, YAML or JSON
  --queues=q1,q2            queues that the tasks are spread over
  --notify=URL              posts the notifications of the destination and records buckets there
  --trace                   a page with the last traces and the metrics
${rows.join('\n')}
`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new Problem('invalid_param', (cause as Error).message, { cause });
  }
}

function toPort(option: string, text: unknown): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Problem('invalid_param', `--${option}: expected a whole number from 1 to 65535, got "${text}"`);
}

function toQueues(text: string): readonly string[] {
  const queues = text.split(',').map((name) => name.trim());
  if (queues.every((name) => /^[a-zA-Z0-9-]{1,100}$/.test(name))) return [...new Set(queues)];
  throw new Problem('invalid_param', `--queues: expected names such as q1,q2, got "${text}"`);
}

function toUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new Problem(
    'invalid_param',
    `--notify: expected a URL such as http://localhost:9000/, got "${text}"`,
  );
}
