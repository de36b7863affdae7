import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientTables } from './client_tables.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { deployPage } from './costs.ts';
import { formatsPage } from './formats.ts';
import { helmSchema } from './helm_schema.ts';
import { metricsPage } from './metrics.ts';
import { operationsPage } from './operations.ts';
import { writePictures } from './pictures.ts';
import { readmePage } from './readme.ts';
import { scalePage } from './scale.ts';
import { settingsJson } from './settings_json.ts';

/** Pages that are made from the tables of the code: a file in docs/ and what writes it. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'commands.md': commandsPage,
  'configuration.md': configurationPage,
  'deploy.md': deployPage,
  'formats.md': formatsPage,
  'metrics.md': metricsPage,
  'operations.md': operationsPage,
  'scale.md': scalePage,
  '../README.md': readmePage,
  '../client/tables.ts': clientTables,
  '../infra/terraform/settings.json': settingsJson,
  '../infra/helm/imagetx/values.schema.json': helmSchema,
};

const fileOf = (page: string): string => fileURLToPath(new URL(page, import.meta.url));

/** Pages whose file is not what the code would write now. */
export async function stalePages(): Promise<readonly string[]> {
  const stale = await Promise.all(
    Object.entries(pages).map(async ([page, make]) => {
      const there = await readFile(fileOf(page), 'utf8').catch(() => '');
      return there === (await make()) ? [] : [page];
    }),
  );
  return stale.flat();
}

async function writePages(): Promise<void> {
  for (const [page, make] of Object.entries(pages)) {
    await mkdir(dirname(fileOf(page)), { recursive: true });
    await writeFile(fileOf(page), await make());
  }
  await writePictures();
}

async function checkPages(): Promise<void> {
  const stale = await stalePages();
  if (stale.length === 0) return;
  process.stderr.write(`Stale, run npm run docs: ${stale.join(', ')}\n`);
  process.exitCode = 1;
}

if (import.meta.main) await (process.argv.includes('--check') ? checkPages() : writePages());
