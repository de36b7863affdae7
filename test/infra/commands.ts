import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** One recorded call of gcloud: its words without flags, and its flags (a bare flag is true). */
export interface Command {
  readonly words: string;
  readonly flags: Readonly<Record<string, string | true>>;
  readonly argv: readonly string[];
}

export interface Run {
  readonly commands: readonly Command[];
  readonly status: number | null;
  readonly output: string;
}

const here = import.meta.dirname;
const DIGEST = `sha256:${'1'.padStart(64, '0')}`;

/** The settings that infra/check.sh also plans with. */
export const SETTINGS = {
  PROJECT_ID: 'my-pictures',
  IMAGE: `registry.test/imagetx@${DIGEST}`,
  BATCH_IMAGE: `registry.test/imagebatch@${DIGEST}`,
  CDN_DOMAINS: 'img.example.com',
  ONTHEFLY: 'true',
  INLINE_INVOKER: 'user:me@example.com',
  UPLOADS: 'true',
  UPLOAD_ORIGINS: 'https://www.example.com',
  EVENTS_TOPIC: 'image-events',
  EVENTS_WEBHOOK: 'https://hooks.example.com/images',
  BACKFILL: 'true',
} as const;

type Settings = Readonly<Record<string, string>>;
const known = new Map<string, Run>();

/** Runs a script of infra/gcloud with a gcloud that only writes down what it is asked; the same call runs once. */
export function recorded(script: string, settings: Settings = SETTINGS): Run {
  const key = JSON.stringify([script, settings]);
  const run = known.get(key) ?? record(script, settings);
  known.set(key, run);
  return run;
}

function record(script: string, settings: Settings): Run {
  const folder = mkdtempSync(join(tmpdir(), 'imagetx-gcloud-'));
  try {
    const log = join(folder, 'log');
    writeFileSync(log, '');
    const PATH = `${here}${delimiter}${process.env.PATH}`;
    const done = spawnSync('bash', [join(here, '../../infra/gcloud', script)], {
      env: { PATH, HOME: folder, GCLOUD_LOG: log, ...settings },
      encoding: 'utf8',
    });
    const calls = readFileSync(log, 'utf8').split('\n\0').filter(Boolean);
    const output = done.stdout + done.stderr;
    return {
      status: done.status,
      output,
      commands: calls.map((call) => parsed(call.split('\0').slice(0, -1))),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parsed(argv: readonly string[]): Command {
  const flags = argv.flatMap((word) => {
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
    return match ? [[match[1], match[2] ?? true] as const] : [];
  });
  return {
    argv,
    words: argv.filter((word) => !word.startsWith('--')).join(' '),
    flags: Object.fromEntries(flags),
  };
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);

// Prints every distinct command of both scripts as a Markdown block, for `gcloud meta lint-gcloud-commands`.
if (import.meta.main) {
  const own = { CDN_DOMAINS: '', CDN_CERTIFICATE: '/etc/hostname', CDN_PRIVATE_KEY: 'key.pem' };
  const runs = [
    recorded('deploy.sh'),
    recorded('deploy.sh', { ...SETTINGS, ...own, EXISTS: '0' }),
    recorded('deploy.sh', { ...SETTINGS, EXISTS: '0', RESET: 'true', RESULTS_DAYS: '7', SOURCE_DAYS: '7' }),
    recorded('destroy.sh', { ...SETTINGS, EXISTS: '0' }),
    recorded('destroy.sh', { ...SETTINGS, EXISTS: '0', DELETE_BUCKETS: 'yes' }),
  ];
  const lines = runs.flatMap((run) =>
    run.commands.map(({ argv }) => ['gcloud', ...argv].map(quoted).join(' ')),
  );
  console.log(['```', ...new Set(lines), '```'].join('\n'));
}
