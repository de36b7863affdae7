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

/** Text of CSS as it reads with its escapes resolved. */
export const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(escapes, (_, hex?: string, other?: string) => (hex ? codePoint(hex) : (other ?? '')))
    : text;

/** The same with letters written plainly: `\75rl(` is `url(`. Other escapes keep their meaning. */
const plainLetters = (css: string): string =>
  css.includes('\\')
    ? css.replace(escapes, (whole, hex?: string) =>
        hex && /[a-z]/i.test(codePoint(hex)) ? codePoint(hex) : whole,
      )
    : css;

/** The tokens that matter for where rules begin and end (CSS Syntax Module Level 3). */
const tokens =
  /(?<skip>\/\*[\s\S]*?(?:\*\/|$)|<!--|-->)|"(?:\\[\s\S]|[^"\\\n])*(?:["\n]|$)|'(?:\\[\s\S]|[^'\\\n])*(?:['\n]|$)|url\([ \t\r\n\f]*(?!["'\s])(?:\\[\s\S]|[^)\\])*(?:\)|$)|\\[\s\S]?|[-\w\u0080-\uffff]+|\s+|[\s\S]/gi;

const closers: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' };

/** Reads one rule after the other; what is in blocks within a block is left out, as librsvg does. */
class RuleReader {
  readonly rules: Rule[] = [];
  private readonly open: string[] = [];
  private selector = '';
  private declarations: string | undefined;

  /** A block within a declaration or a second one within a rule. */
  private get isNested(): boolean {
    return this.declarations !== undefined && this.open.lastIndexOf('}') > 0;
  }

  read(token: string): void {
    const closer = closers[token];
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

/** More than style sheets of drawings have; reading them keeps all else waiting. */
const maxTokens = 300_000;

/** The rules of a style sheet. Rules that begin with `@` are left out: librsvg knows none but `@import`. */
export function readRules(css: string): readonly Rule[] {
  const reader = new RuleReader();
  let count = 0;
  for (const { 0: token, groups } of plainLetters(css).matchAll(tokens)) {
    count += 1;
    if (count > maxTokens) throw new Problem('corrupt_image', 'SVG has a style sheet of too many rules');
    reader.read(groups?.skip === undefined ? token : ' ');
  }
  reader.finish();
  return reader.rules;
}

const address = /url\(\s*("(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?|(?:\\[\s\S]|[^)\\])*)\s*\)?/gi;

/** Values of CSS whose addresses all lie within the document: any other one names nothing. */
export const withoutOutside = (value: string): string =>
  /url|\\/i.test(value)
    ? plainLetters(value).replace(address, (whole, inner: string) =>
        /^["']?\s*#/.test(unescaped(inner)) ? whole : 'url(#-)',
      )
    : value;

const maxNames = 10_000;

/** The ids that a value may name. More than it does name, where its quoting is odd; never fewer. */
export function namedIds(value: string): readonly string[] {
  if (!value.includes('#') && !value.includes('\\')) return [];
  const [, ...rests] = unescaped(value).split('#');
  if (rests.length > maxNames) throw new Problem('corrupt_image', 'SVG has a value of too many references');
  const ids = rests.flatMap((rest) => [/['"]/, /\)/, /[\s'"(),;]/].map((end) => rest.split(end)[0] ?? ''));
  return [...new Set(ids.map((id) => id.trim()))].filter(Boolean);
}

/** What an element must have to be matched by a selector; more elements may have it than are matched. */
export interface Subject {
  readonly type?: string;
  readonly ids: readonly string[];
  readonly classes: readonly string[];
}

const name = '(?:\\\\[\\da-f]{1,6}\\s?|\\\\[^\\n]|[-\\w\\u0080-\\uffff])+';
const simple = new RegExp(`([.#]?)(${name})|\\*|\\|`, 'giy');
/** Not looked at: an element may or may not match. */
const conditions = /\[[^\]]*\]?|::?[-\w\\]+(?:\((?:[^()]|\([^()]*\))*\))?/g;

function subjectOf(selector: string): Subject {
  const last = selector.split(/[\s>+~]+/).at(-1) ?? '';
  const subject: { type?: string; ids: string[]; classes: string[] } = { ids: [], classes: [] };
  simple.lastIndex = 0;
  for (let at = 0; at < last.length; at = simple.lastIndex) {
    const [, kind, text = ''] = simple.exec(last) ?? [];
    if (simple.lastIndex === 0) return { ids: [], classes: [] };
    if (kind === '.') subject.classes.push(unescaped(text));
    else if (kind === '#') subject.ids.push(unescaped(text));
    else if (text) subject.type = unescaped(text).toLowerCase();
  }
  return subject;
}

/** The subjects of a list of selectors. Escaped separators make one that matches everything. */
export function subjectsOf(selectors: string): readonly Subject[] {
  if (/\\[\s>+~,]|\\[\da-f]+\s/i.test(selectors)) return [{ ids: [], classes: [] }];
  return selectors
    .replace(conditions, '')
    .split(',')
    .map((selector) => subjectOf(selector.trim()));
}
