import { magickRows } from './rows.ts';

/** TIFF carries pixels from and to sharp; PNG may lie inside icons. */
const ours = { read: ['TIFF', 'PNG'], write: ['TIFF'] };

const unique = (names: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(names)].filter((name) => name !== undefined);

/** The coders that ImageMagick may use. */
export const coders = {
  read: unique([...magickRows.map(({ read, unpacked }) => (unpacked ? undefined : read)), ...ours.read]),
  write: unique([...magickRows.map(({ write }) => write?.coder), ...ours.write]),
};

function row(name: string): string {
  const rights = [coders.read.includes(name) && 'read', coders.write.includes(name) && 'write'];
  return `<policy domain="coder" rights="${rights.filter(Boolean).join('|')}" pattern="${name}"/>`;
}

/** ImageMagick's policy: everything off, then the allowed coders. The last line that fits wins. */
export const magickPolicy = `<policymap>
<policy domain="coder" rights="none" pattern="*"/>
<policy domain="delegate" rights="none" pattern="*"/>
<policy domain="filter" rights="none" pattern="*"/>
<policy domain="path" rights="none" pattern="@*"/>
<policy domain="path" rights="none" pattern="|*"/>
${unique([...coders.read, ...coders.write])
  .map(row)
  .join('\n')}
</policymap>`;
