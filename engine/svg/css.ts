import { byWord } from '../../common/by_word.ts';
import { Problem } from '../../common/problem.ts';

/** A rule of a style sheet, without comments. */
export interface Rule {
  readonly selector: string;
  readonly declarations: string;
}

const escapes = /\\([\da-f]{1,6})(?:\r\n|\s)?|\\([\s\S])/gi;
const codePoint = (hex: string): string => {
  const code = Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
};

/** Resolves the escapes of CSS. */
const unescapeCss = (text: string): string =>
  text.includes('\\')
    ? text.replace(escapes, (_, hex?: string, other?: string) => (hex ? codePoint(hex) : (other ?? '')))
    : text;

/** Resolves only escaped letters: `\75rl(` becomes `url(`. */
const plainLetters = (css: string): string =>
  css.includes('\\')
    ? css.replace(escapes, (whole, hex?: string) =>
        hex && /[a-z]/i.test(codePoint(hex)) ? codePoint(hex) : whole,
      )
    : css;

/** The tokens that decide where rules begin and end (CSS Syntax Module Level 3). */
const tokens =
  /(?<skip>\/\*[\s\S]*?(?:\*\/|$)|<!--|-->)|"(?:\\[\s\S]|[^"\\\n])*(?:["\n]|$)|'(?:\\[\s\S]|[^'\\\n])*(?:['\n]|$)|url\([ \t\r\n\f]*(?!["'\s])(?:\\[\s\S]|[^)\\])*(?:\)|$)|\\[\s\S]?|[-\w\u0080-\uffff]+|\s+|[\s\S]/gi;

const closers = byWord({ '{': '}', '(': ')', '[': ']' });

/** Reads one rule after the other. Blocks within a block are dropped, as in librsvg. */
class RuleReader {
  readonly rules: Rule[] = [];
  private readonly open: string[] = [];
  private selector = '';
  private declarations: string | undefined;

  /** Whether the reader is in a block within a declaration, or in a second block of a rule. */
  private get isNested(): boolean {
    return this.declarations !== undefined && this.open.lastIndexOf('}') > 0;
  }

  read(token: string): void {
    const closer = closers.get(token);
    if (this.open.length === 0 && token === '{') {
      this.declarations = '';
      this.open.push('}');
    } else if (this.open.length === 0 && token === ';' && this.selector.trimStart().startsWith('@')) {
      this.selector = '';
    } else if (this.open.length === 1 && token === '}' && this.declarations !== undefined) {
      this.finish();
    } else {
      if (closer !== undefined) this.open.push(closer);
      else if (this.open.at(-1) === token) this.open.pop();
      this.add(token);
    }
  }

  private add(token: string): void {
    if (this.declarations === undefined) this.selector += token;
    else if (!this.isNested && !'{}'.includes(token)) this.declarations += token;
  }

  finish(): void {
    const selector = this.selector.trim();
    if (this.declarations !== undefined && !selector.startsWith('@'))
      this.rules.push({ selector, declarations: this.declarations });
    this.open.length = 0;
    this.selector = '';
    this.declarations = undefined;
  }
}

/** More than style sheets of drawings have. Reading them blocks the event loop. */
const maxTokens = 300_000;

/** The rules of a style sheet without at-rules, of which librsvg knows only `@import`. */
export function readRules(css: string): readonly Rule[] {
  const reader = new RuleReader();
  let count = 0;
  for (const { 0: token, groups } of plainLetters(css).matchAll(tokens)) {
    count += 1;
    if (count > maxTokens) throw new Problem('corrupt_image', 'SVG has a style sheet with too many rules');
    reader.read(groups?.skip === undefined ? token : ' ');
  }
  reader.finish();
  return reader.rules;
}

const address = /url\(\s*("(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?|(?:\\[\s\S]|[^)\\])*)\s*\)?/gi;

/** Replaces every address outside the document with one that refers to nothing. */
export const removeExternalUrls = (value: string): string =>
  /url|\\/i.test(value)
    ? plainLetters(value).replace(address, (whole, inner: string) =>
        /^["']?\s*#/.test(unescapeCss(inner)) ? whole : 'url(#-)',
      )
    : value;

const maxNames = 10_000;
/** An id alone, or a colour: most values with a `#`. */
const bareId = /^#[-\w]+$/;

/** The ids to which a value may refer: too many if the quoting is unusual, never too few. */
export function namedIds(value: string): readonly string[] {
  if (!value.includes('#') && !value.includes('\\')) return [];
  if (bareId.test(value)) return [value.slice(1)];
  const [, ...rests] = unescapeCss(value).split('#');
  if (rests.length > maxNames) throw new Problem('corrupt_image', 'SVG has a value with too many references');
  const ids = rests.flatMap((rest) => [/['"]/, /\)/, /[\s'"(),;]/].map((end) => rest.split(end)[0] ?? ''));
  return [...new Set(ids.map((id) => id.trim()))].filter(Boolean);
}

/** A condition for a selector to match an element. It is necessary, but not always sufficient. */
export interface SelectorSubject {
  readonly type?: string;
  readonly ids: readonly string[];
  readonly classes: readonly string[];
}

const name = '(?:\\\\[\\da-f]{1,6}\\s?|\\\\[^\\n]|[-\\w\\u0080-\\uffff])+';
const simple = new RegExp(`([.#]?)(${name})|\\*|\\|`, 'giy');
/** Conditions that are ignored, so that an element may match. */
const conditions = /\[[^\]]*\]?|::?[-\w\\]+(?:\((?:[^()]|\([^()]*\))*\))?/g;

function subjectOf(selector: string): SelectorSubject {
  const last = selector.split(/[\s>+~]+/).at(-1) ?? '';
  const subject: { type?: string; ids: string[]; classes: string[] } = { ids: [], classes: [] };
  simple.lastIndex = 0;
  for (let at = 0; at < last.length; at = simple.lastIndex) {
    const [, kind, text = ''] = simple.exec(last) ?? [];
    if (simple.lastIndex === 0) return { ids: [], classes: [] };
    if (kind === '.') subject.classes.push(unescapeCss(text));
    else if (kind === '#') subject.ids.push(unescapeCss(text));
    else if (text) subject.type = unescapeCss(text).toLowerCase();
  }
  return subject;
}

/** The subjects of a list of selectors. A list with escaped separators matches everything. */
export function subjectsOf(selectors: string): readonly SelectorSubject[] {
  if (/\\[\s>+~,]|\\[\da-f]+\s/i.test(selectors)) return [{ ids: [], classes: [] }];
  return selectors
    .replace(conditions, '')
    .split(',')
    .map((selector) => subjectOf(selector.trim()));
}
