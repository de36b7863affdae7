import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../../cli/command.ts';
import { commands } from '../../../cli/commands/index.ts';

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the table in this process, in an environment that knows of no cloud. */
export async function ran(args: readonly string[], world: Partial<World> = {}): Promise<Ran> {
  const said = { out: '', err: '' };
  const [name = '', ...rest] = args;
  const run = await commands[name]?.load();
  const code = await run?.(rest, {
    env: {},
    out: (text) => {
      said.out += `${text}\n`;
    },
    err: (text) => {
      said.err += `${text}\n`;
    },
    usage: `Usage: imagetx ${name}`,
    ...world,
  });
  return { code, ...said };
}

/** The file by which a local cloud is found; nothing listens there. */
export async function pretendCloud(dir: string, settings: Record<string, string> = {}): Promise<void> {
  const own = {
    PROJECT_ID: 'local-dev',
    SRC_BUCKET_NAME: 'imagetx-src',
    DEST_BUCKET_NAME: 'imagetx-dst',
    RECORDS_BUCKET: 'imagetx-records',
    CDN_URL: 'https://localhost:8443',
    RUN_URL: 'http://127.0.0.1:1',
    SERVICE_ACCOUNT: 'imagetx@local-dev.iam.gserviceaccount.com',
    STORAGE_EMULATOR_HOST: 'http://127.0.0.1:1',
    CLOUD_TASKS_ENDPOINT: 'http://127.0.0.1:1',
  };
  await mkdir(dir, { recursive: true });
  const running = { pid: process.pid, settings: { ...own, ...settings } };
  await writeFile(join(dir, 'running.json'), JSON.stringify(running));
}
