import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = globSync(['*.md', 'docs/*.md', '*/README.md'], { cwd: root });
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const found = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, part]) => part ?? '');

/** The anchors that GitHub gives the headings of a page. */
const anchors = (page: string): readonly string[] =>
  found(textOf(page), /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : join(dirname(page), file);
  return existsSync(join(root, target)) && (anchor === undefined || anchors(target).includes(anchor));
}

test.each(pages)('every link, picture and script in %s exists', (page) => {
  const links = found(textOf(page), /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
  expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  const named = found(textOf(page), /npm run (?:--silent )?([a-z:]+)/g);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

/** Paths of this repository in code marks, without those that stand for many. */
const pathsIn = (page: string): readonly string[] =>
  found(
    textOf(page),
    /`((?:bench|certs|cli|cloud|common|convert_batch|convert_stream|docs|engine|infra|local|test)\/[\w./-]*)`/g,
  );

test.each(pages)('every file and folder in %s exists', (page) => {
  expect(pathsIn(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
