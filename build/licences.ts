import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const notice = /^(licen[cs]e|copying|notice)/i;
/** The folder of a package in a module's path. A replacement's path is its namespace, a colon and the package. */
const packageFolder = /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
}

interface Notice {
  readonly head: string;
  readonly text: string;
}

async function noticeOf(folder: string): Promise<Notice> {
  const { name, version, license }: Package = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.flatMap((entry) => (entry.isFile() && notice.test(entry.name) ? entry.name : []));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const terms = typeof license === 'string' ? license : (license?.type ?? 'see below');
  return { head: `${name} ${version}: ${terms}`, text: texts.map((text) => text.trim()).join('\n\n') };
}

/** The notices of all packages in a bundle. Packages with the same text share one notice. */
export async function licences(root: string, inputs: Iterable<string>): Promise<string> {
  const folders = new Set([...inputs].flatMap((input) => packageFolder.exec(input)?.[0] ?? []));
  const notices = await Promise.all([...folders].sort().map((folder) => noticeOf(join(root, folder))));
  const sections = [...Map.groupBy(notices, ({ text }) => text)].map(([text, sharing]) =>
    [[...new Set(sharing.map(({ head }) => head))].join('\n'), text].join('\n\n'),
  );
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `This bundle contains the following packages.${rule}${sections.join(rule)}\n`;
}
