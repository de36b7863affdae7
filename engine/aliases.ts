import { byWord } from '../common/by_word.ts';
import { type ParamName, params } from './params.ts';

/** Parameters as texts, by name. */
type Texts = ReadonlyMap<string, string>;
type Pairs = readonly (readonly [name: ParamName, text: string])[];

/** Another name of a parameter, or what a text means in our parameters. */
type Alias = ParamName | ((text: string, all: Texts) => Pairs);

/** A colour of hexadecimal digits, with its #. */
const withHash = (text: string): string =>
  /^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(text) ? `#${text}` : text;

/** Percent more or less, -100 to 100, as a factor; any other text as one that is no number. */
const factorOf = (text: string): string => {
  if (text === '') return text;
  const percent = /^[+-]?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Math.abs(percent) <= 100 ? String(Math.round(100 + percent) / 100) : `${text}%`;
};

/** Formats whose name elsewhere is no name of a type here. */
const typeWords = byWord({ jpg: 'jpeg', tif: 'tiff' });
const typeOf = (text: string): Pairs => [['type', typeWords.get(text.toLowerCase()) ?? text]];

/** Several parameters in one list. */
const listOf =
  (...names: readonly ParamName[]) =>
  (text: string): Pairs =>
    text
      .split(/[,_]/)
      .flatMap((part, index) => (names[index] && part !== '' ? [[names[index], part] as const] : []));

const filters = byWord<(all: Texts) => Pairs>({
  greyscale: () => [['greyscale', 'true']],
  grayscale: () => [['greyscale', 'true']],
  sepia: () => [['sepia', 'true']],
  negate: () => [['negate', 'true']],
  duotone: (all) => [['duotone', `${all.get('start') ?? 'c83658'},${all.get('stop') ?? 'd8e74f'}`]],
});

const compass = byWord({
  top: 'north',
  bottom: 'south',
  left: 'west',
  right: 'east',
  center: 'centre',
  attention: 'smart',
  entropy: 'smart',
});
const corners = byWord({
  'top-left': '0:0',
  'top-right': '1:0',
  'bottom-left': '0:1',
  'bottom-right': '1:1',
});

/** What a crop keeps: a side, a corner, or a focal point, whose parts may be parameters of their own. */
function alignmentOf(text: string, all: Texts): Pairs {
  if (text === 'focal') return [['focus', `${all.get('fpx') ?? 0.5}:${all.get('fpy') ?? 0.5}`]];
  const corner = corners.get(text);
  if (corner) return [['focus', corner]];
  const [x, y] = /^focal-(\d+)-(\d+)$/.exec(text)?.slice(1) ?? [];
  return x && y
    ? [['focus', `${Number(x) / 100}:${Number(y) / 100}`]]
    : [['gravity', compass.get(text) ?? text]];
}

/**
 * Names that users of other services write. Each means the same there; a name that means something else there than
 * here, as `brightness` of imgproxy or `flip` of weserv, has no alias.
 */
export const aliases: Readonly<Record<string, Alias>> = {
  // American spelling, and sharp's.
  grayscale: 'greyscale',
  normalize: 'normalise',
  invert: 'negate',
  withoutEnlargement: 'withoutenlargement',
  // Short names of many.
  w: 'width',
  h: 'height',
  q: 'quality',
  blur: 'sigma',
  // weserv.
  sharp: 'sharpen',
  gam: 'gamma',
  sat: 'saturation',
  con: (text) => [['contrast', factorOf(text)]],
  bri: (text) => [['brightness', factorOf(text)]],
  mod: listOf('brightness', 'saturation', 'hue'),
  filt: (text, all) => filters.get(text)?.(all) ?? [],
  start: () => [],
  stop: () => [],
  mask: (text) => [['radius', text === 'circle' ? 'max' : text]],
  bg: (text) => [['background', withHash(text)]],
  cbg: (text) => [
    ['background', withHash(text)],
    ['extend', 'background'],
  ],
  a: alignmentOf,
  fpx: () => [],
  fpy: () => [],
  we: (text) => [['withoutenlargement', text === '' ? 'true' : text]],
  ro: 'rotate',
  output: typeOf,
  il: (text) => [['interlace', text === '' ? 'true' : text]],
  ll: (text) => [['lossless', text === '' ? 'true' : text]],
  // ipx.
  modulate: listOf('brightness', 'saturation', 'hue'),
  // imgproxy.
  'min-width': 'minwidth',
  'min-height': 'minheight',
  mw: 'minwidth',
  mh: 'minheight',
  pd: 'padding',
  fp: 'focus',
  // imgix.
  fm: typeOf,
  px: 'pixelate',
  pad: 'padding',
  'min-w': 'minwidth',
  'min-h': 'minheight',
  'corner-radius': 'radius',
  'border-radius': 'radius',
};

const isOwn = (name: string): name is ParamName => Object.hasOwn(params, name);
export const isAlias = (name: string): boolean => Object.hasOwn(aliases, name) && !isOwn(name);

const pairsOf = (name: string, text: string, all: Texts): Pairs => {
  const alias = aliases[name];
  if (alias === undefined) return [];
  return typeof alias === 'string' ? [[alias, text]] : alias(text, all);
};

/**
 * Parameters under their own names. An own name wins over an alias of it, and of several aliases of one name the last one
 * by the alphabet: the order of a query is neither signed nor part of an ETag. Other names stay. Values that are not
 * texts (JSON has numbers and booleans) keep their kind where the alias only renames them.
 */
export function resolveAliases<T>(entries: Iterable<readonly [string, T]>): ReadonlyMap<string, T | string> {
  const given = new Map<string, T>(entries);
  const names = [...given.keys()].filter(isAlias).sort();
  if (names.length === 0) return given;
  const all: Texts = new Map([...given].map(([name, value]) => [name, String(value)]));
  const resolved = new Map<string, T | string>([...given].filter(([name]) => !isAlias(name)));
  for (const name of names)
    for (const [own, text] of pairsOf(name, all.get(name) ?? '', all)) {
      const isRenamed = typeof aliases[name] === 'string';
      if (!given.has(own)) resolved.set(own, isRenamed ? (given.get(name) as T) : text);
    }
  return resolved;
}
