/**
 * The allow-list for an SVG that passes through: elements, attributes, CSS, and references. External references are
 * blocked here: `cleanHref` for links and pictures, `isLocal` and `cleanCss` for `url()` and imports in CSS.
 */

export const svgNamespace = 'http://www.w3.org/2000/svg';
export const xlinkNamespace = 'http://www.w3.org/1999/xlink';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const elements = words(`
  svg g defs symbol use title desc switch view style
  path rect circle ellipse line polyline polygon text tspan textPath image
  linearGradient radialGradient stop clipPath mask pattern marker
  animate animateTransform animateMotion mpath
  filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
  feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
  feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
`);

/** Elements that are dropped while their content stays: links. */
export const unwrappedElements = words('a');

export const isAllowedElement = (uri: string, local: string): boolean =>
  (uri === svgNamespace || uri === '') && elements.has(local);

/** Functions of CSS that fetch, except `url()`. */
const fetching =
  /(?:image-set|image|cross-fade|element|src|paint|expression)\s*\(|-moz-binding|behavior\s*:/i;
const externalUrl = /url\((?!\s*(?:["']\s*)?#)/i;

/** Whether a value of an attribute or a declaration refers to nothing outside the document. Escapes could hide it. */
const isLocal = (value: string): boolean =>
  !value.includes('\\') && !fetching.test(value) && !externalUrl.test(value);

const comment = /\/\*[\s\S]*?(?:\*\/|$)/g;
/** Rules that fetch or change how the rest is parsed. The pattern reads no part of a text twice. */
const importing = /@(?:import|charset|namespace)\b[^;{}]*;?|@font-face\b[^{}]*(?:\{[^{}]*\}?)?/gi;
const allowedRule = /^@(?:media|supports|(?:-webkit-)?keyframes)\b/i;
const otherRule = /@[-\w]*/g;
const betweenBraces = /[^{};]+/g;

/** Removes external references from a style sheet or a `style` attribute. */
export function cleanCss(css: string): string {
  const plain = css.replace(comment, ' ').replace(importing, '');
  const kept = plain.replace(betweenBraces, (text, at: number) => {
    const isSelector = plain[at + text.length] === '{';
    return isSelector || isLocal(text) ? text : '';
  });
  const strange = (kept.match(otherRule) ?? []).some((rule) => !allowedRule.test(rule));
  // The whole is checked too, because brackets in strings and addresses could split declarations wrongly.
  return strange || kept.includes('<') || !isLocal(kept) ? '' : kept;
}

const rasterData = /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*$/i;

function cleanHref(element: string, value: string): string | undefined {
  const target = value.trim();
  if (element === 'image') return rasterData.test(target) ? target : undefined;
  return /^#[^\s]+$/.test(target) ? target : undefined;
}

/** Attributes that animations may change: none that these rules check. */
const animatable = /^(?!on|href$|xlink:href$|style$|class$|attributename$)[a-z][a-z-]*$/i;

/** Whether an element changes no attribute that these rules check; only animations could. */
export const isHarmless = (local: string, attributes: readonly Attribute[]): boolean => {
  if (!local.startsWith('animate') || local === 'animateMotion') return true;
  return attributes.some((one) => one.local === 'attributeName' && animatable.test(one.value.trim()));
};

export interface Attribute {
  readonly uri: string;
  readonly local: string;
  readonly value: string;
}

/** The name and the cleaned value of an attribute; undefined if it is removed. */
export function cleanAttribute(
  element: string,
  { uri, local, value }: Attribute,
): [string, string] | undefined {
  if (uri === xmlNamespace && (local === 'space' || local === 'lang')) return [`xml:${local}`, value];
  const isHref = local === 'href' && (uri === '' || uri === xlinkNamespace);
  if (isHref) {
    const target = cleanHref(element, value);
    return target === undefined ? undefined : [uri === '' ? 'href' : 'xlink:href', target];
  }
  if (uri !== '' || !/^[a-z][\w-]*$/i.test(local) || /^on/i.test(local)) return undefined;
  if (local === 'style') return [local, cleanCss(value)];
  return isLocal(value) ? [local, value] : undefined;
}
