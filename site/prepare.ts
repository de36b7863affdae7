import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LinkTarget, rewriteLinks } from './links.ts';
import { allPages, type Page } from './pages.ts';

/** The text from a heading up to the next one of its level. @throws Error when there is no such heading. */
export function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`## ${heading}\n`);
  if (start < 0) throw new Error(`README.md: expected a section ${JSON.stringify(heading)}, got none`);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end).trim();
}

async function textOf(source: string, root: string): Promise<string> {
  const [file = '', heading] = source.split('#');
  const text = await readFile(join(root, file), 'utf8');
  return heading === undefined ? text : sectionOf(text, heading);
}

/** The playground of a running service, in the page about it. */
const frameOf = (service: string): string =>
  `\n<iframe src="${service}/form" title="The playground" style="width:100%;height:900px;border:1px solid var(--vp-c-divider)"></iframe>\n`;

async function pageText({ from, path }: Page, root: string, target: SiteOptions): Promise<string> {
  const parts = await Promise.all(
    from.map(async (source) => rewriteLinks(await textOf(source, root), source.split('#')[0] ?? '', target)),
  );
  // A page has one heading of the first level; sections of README begin with the second.
  const text = parts.join('\n\n');
  const frame = path === 'playground' && target.service ? frameOf(target.service) : '';
  return `${text.startsWith('## ') ? text.slice(1) : text}${frame}`;
}

export interface SiteOptions extends LinkTarget {
  /** Address of a service whose page is shown in a frame; its PAGE_FRAMES must name the site. */
  readonly service?: string;
}

export interface Folders {
  /** The repository. */
  readonly root: string;
  /** Where the pages are written; it is emptied first. */
  readonly out: string;
}

/** Writes all pages of the site as Markdown, with their pictures. */
export async function preparePages({ root, out }: Folders, target: SiteOptions): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await cp(join(root, 'docs/pictures'), join(out, 'pictures'), { recursive: true });
  // The first page names its picture in its header, which VitePress does not bundle.
  await cp(join(root, 'docs/pictures/source.webp'), join(out, 'public/pictures/source.webp'));
  await cp(join(root, 'site/index.md'), join(out, 'index.md'));
  for (const page of allPages)
    await writeFile(join(out, `${page.path}.md`), await pageText(page, root, target));
}
