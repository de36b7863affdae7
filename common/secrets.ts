import { unescapeLoosely } from './escapes.ts';

/** The text that replaces a secret. */
export const hidden = '[hidden]';

/** Last words of names whose values are secrets: API keys, signatures, tokens of any provider. */
const lastWords: ReadonlySet<string> = new Set([
  'key',
  'sign',
  'sig',
  'signature',
  'token',
  'password',
  'passwd',
  'pwd',
  'secret',
  'credential',
  'credentials',
  'auth',
  'authorization',
  'jwt',
  'cookie',
  'session',
  'sessionid',
  'hdnea',
  'hdnts',
  'hdntl',
]);
const endings =
  /(?:api_?key|secret_?key|private_?key|token|signature|password|credentials?|secret|authorization)$/;

/** Levels of nested escapes that are decoded; programs decode at most a few. */
const maxLayers = 8;
const unicodeEscape = /\\u([0-9a-f]{4})/gi;

/** Removes one layer of escapes, of URLs and of JSON. */
const unescapeLayer = (text: string): string =>
  unescapeLoosely(text).replace(unicodeEscape, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

function plainName(name: string): string {
  let plain = name;
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const next = unescapeLayer(plain);
    if (next === plain) break;
    plain = next;
  }
  return plain.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function readsAsSecret(name: string): boolean {
  const words = plainName(name)
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const last = words.findLast((word) => !/^\d+$/.test(word)) ?? '';
  return lastWords.has(last) || endings.test(words.join('_'));
}

/** Names that were looked at before; most requests have the same few. */
const knownNames = new Map<string, boolean>();
const mostKnown = 500;

/** Whether a value of this name is secret, however the name is escaped: `key`, `k%65y`, `key[]`, `X-Amz-Signature`. */
export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isSecret = readsAsSecret(name);
  if (knownNames.size < mostKnown) knownNames.set(name, isSecret);
  return isSecret;
}

/** A name and its `=`. The length is bounded: no program has longer names. */
const namedValue = /([^?&;#/\s"'<>(){},=`]{1,200})=/g;
const valueEnd = /[&\s"'<>`]/g;
const jsonValue = /"((?:[^"\\]|\\.){1,200})"(\s{0,9}:\s{0,9})"((?:[^"\\]|\\.)*)"/g;
/** User and password before a host, also after a wrong number or kind of slashes. */
const userInfo = /((?:^|[:=\s"'(,])\/\/|https?:[/\\]+)[^/\\\s?#"'<>]+@/gi;
/** The value of a name for a URL, up to its query. A URL that is malformed is one too. */
const urlValue = /((?:^|[^\w])(?:url|image|fallback)(?:=|"\s{0,9}:\s{0,9}"))([^&?#\s"'<>`]+)/gi;
const urlStart = /^(?:[a-z][a-z0-9+.-]*:(?=[/\\])|https?:)?[/\\]*/i;
/** User and password at a start, or a password with a slash: what follows the colon is no port. */
const urlUser = /^(?:(?:(?!%2f|%5c)[^/\\])+|[^/\\:@[]*:(?!\d{0,5}(?:[/\\]|%2f|%5c)).*)@/i;
const bearer = /\b(bearer|basic|digest|negotiate)\s{1,9}[\w.~+/=-]{8,}/gi;
const mayHoldSecret = /[=%@\\]|":|bearer|basic|digest|negotiate/i;

const endAfter = (text: string, from: number): number => {
  valueEnd.lastIndex = from;
  return valueEnd.exec(text)?.index ?? text.length;
};

/** Hides the values of secret names that are not escaped, in one pass. */
function hideValues(text: string): string {
  let out = '';
  let at = 0;
  namedValue.lastIndex = 0;
  for (let found = namedValue.exec(text); found; found = namedValue.exec(text)) {
    const [, name = ''] = found;
    if (!isSecretName(name)) continue;
    const end = endAfter(text, namedValue.lastIndex);
    if (end > namedValue.lastIndex) out += text.slice(at, namedValue.lastIndex) + hidden;
    else out += text.slice(at, end);
    at = end;
    namedValue.lastIndex = end;
  }
  return out + text.slice(at);
}

const hideJson = (text: string): string =>
  text.includes('":') || /"\s+:/.test(text)
    ? text.replace(jsonValue, (all, name: string, colon: string) =>
        isSecretName(name) ? `"${name}"${colon}"${hidden}"` : all,
      )
    : text;

function hideUser(value: string): string {
  const [start = ''] = urlStart.exec(value) ?? [];
  return start + value.slice(start.length).replace(urlUser, `${hidden}@`);
}

const hideUsers = (text: string): string =>
  text.includes('@')
    ? text
        .replace(urlValue, (_, name: string, value: string) => name + hideUser(value))
        .replace(userInfo, `$1${hidden}@`)
    : text;

const hidePlain = (text: string): string =>
  hideUsers(hideValues(hideJson(text))).replace(bearer, `$1 ${hidden}`);

/** Adds one layer of escapes, except those that only make a URL harder to read. */
const escapeLayer = (text: string): string =>
  text.replace(/[^\w.~[\]=:/?-]/g, (char) =>
    char.charCodeAt(0) < 256
      ? `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      : encodeURIComponent(char.isWellFormed() ? char : '\ufffd'),
  );

/** Hides the secrets inside the escapes of one piece of text without `&` or spaces. */
function hideEscaped(piece: string, layer: number): string {
  const plain = unescapeLayer(piece);
  if (plain === piece) return piece;
  if (layer === maxLayers) return hidden;
  const clean = hide(plain, layer + 1);
  return clean === plain ? piece : escapeLayer(clean);
}

const pieces = /[^&\s"'<>`]+/g;

function hide(text: string, layer: number): string {
  const shown = hidePlain(text);
  if (!shown.includes('%') && !shown.includes('\\u')) return shown;
  return shown.replace(pieces, (piece) => hideEscaped(piece, layer));
}

/**
 * Removes keys, tokens, signatures and passwords from text. Names are compared with their escapes decoded, as
 * programs read them, also inside URLs that are parameters of other URLs.
 */
export const withoutSecrets = (text: string): string => (mayHoldSecret.test(text) ? hide(text, 0) : text);

/** Characters that end a value in text but may be part of a request target. */
const quotes = /[\s"'<>`\\]/g;

/** The request target without secrets, cut to `maxCharacters`. */
export const redactUrl = (url: string, maxCharacters = 8_192): string =>
  withoutSecrets(url.slice(0, maxCharacters).replace(quotes, escapeLayer));
