import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const command = `"${process.execPath}" "${join(root, 'cli/main.ts')}"`;
const run = promisify(execFile);

/** What the commands of a page find instead of the cloud at the documented ports. */
export interface Place {
  readonly home: string;
  readonly urls: { readonly inline: string };
}

/** The `sh` blocks of a page of the docs by the heading above them; those of one heading are one script. */
export async function scriptsOf(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  const sections = text.split(/^#+ (?=.*\n\n)/m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const [title = ''] = section.split('\n', 1);
      const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');
      return blocks.length > 0 ? [[title, blocks.join('\n')] as const] : [];
    }),
  );
}

/** Runs a script as it stands, from the checkout instead of an installed package; resolves to what it prints. */
export async function follow(script: string, { home, urls }: Place): Promise<string> {
  const here = script
    .replaceAll('http://localhost:8080', urls.inline)
    .replaceAll('npm run --silent imagetx --', 'imagetx');
  const env = { ...process.env, NODE: process.execPath };
  const { stdout } = await run('bash', ['-ec', `imagetx() { ${command} "$@"; }\n${here}`], {
    cwd: home,
    env,
  });
  return stdout.trim();
}
