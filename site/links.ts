import { posix } from 'node:path';
import { allPages } from './pages.ts';

/** The page of the site that shows a file of the repository, or a section of it. */
function pageOf(file: string, anchor: string | undefined): string | undefined {
  const shown = allPages.filter(({ from }) => from.some((source) => source.split('#')[0] === file));
  const isSection = ({ from }: { readonly from: readonly string[] }): boolean =>
    from.some((source) => anchor !== undefined && anchorOf(source.split('#')[1] ?? '') === anchor);
  return (shown.find(isSection) ?? shown[0])?.path;
}

const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

export interface LinkTarget {
  /** The address of the repository's files, without a slash at its end. Undefined: such links become plain text. */
  readonly source?: string;
}

/** A link of the page from `file` as it is on the site; undefined where it leads nowhere there. */
export function siteLink(link: string, file: string, { source }: LinkTarget): string | undefined {
  if (/^(https?:|mailto:|#)/.test(link)) return link;
  const [target = '', anchor] = link.split('#');
  const path = posix.normalize(posix.join(posix.dirname(file), target));
  if (path.startsWith('docs/pictures/')) return `./${path.slice('docs/'.length)}`;
  const page = pageOf(path, anchor);
  if (page !== undefined) return `./${page}.md${anchor ? `#${anchor}` : ''}`;
  return source && `${source}/${path}`;
}

/** Text with each link as it is on the site. Code stays as it is. */
export function rewriteLinks(text: string, file: string, target: LinkTarget): string {
  const pattern = /(```[\s\S]*?```|`[^`\n]*`(?!\]))|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
  return text.replace(
    pattern,
    (whole, code: string | undefined, mark: string, label: string, link: string) => {
      if (code !== undefined) return whole;
      const there = siteLink(link, file, target);
      return there === undefined ? label : `${mark}[${rewriteLinks(label, file, target)}](${there})`;
    },
  );
}
