import vary from 'vary';
import { describeParseError, type Field, type FieldTable, readFields } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import {
  aliases,
  conversionOf,
  convertOperation,
  type Decode,
  type Format,
  formatNamed,
  fromExif,
  orientedSize,
  outputSize,
  type Params,
  placeholderFields,
  type Step,
} from '../../../engine/catalog.ts';
import { maxSide } from '../../../engine/settings.ts';
import { createSignature } from '../../guards/signature.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyContext } from '../context.ts';
import { readParameters } from '../request/parse.ts';
import { presetIn, withPreset, withPresetOf } from '../request/preset.ts';
import { sendText } from '../response/send.ts';
import { type Candidate, makeSrcset } from '../response/srcset.ts';
import { type Description, describePicture } from './describe.ts';
import type { EndpointSpec } from './endpoint.ts';

/** The most URLs of one answer: widths times formats. */
const maxUrls = 60;

const fields = {
  widths: {
    kind: 'list',
    default: ['320', '640', '960', '1280', '1920'],
    doc: 'Widths in pixels; none is larger than the picture.',
    example: '320,640,1280',
  },
  types: {
    kind: 'list',
    default: ['avif', 'webp'],
    doc: 'Formats, best first. A JPEG for all other browsers follows, or a PNG where the picture has opacity.',
    example: 'avif,webp',
  },
  sizes: { kind: 'string', default: '100vw', doc: 'The width at which the page shows it, as in HTML.' },
  alt: { kind: 'string', default: '', doc: 'Text in the place of the picture.' },
  ...placeholderFields,
} as const satisfies FieldTable;

/** Query parameters that belong to this endpoint or to its guards; all others are passed on. */
const own: readonly string[] = [...Object.keys(fields), 'type', 'width', 'height', 'dpr', 'key', 'sign'];

/** Whether a page can show a format that can be written; it cannot show a PDF as a picture. */
const isForPages = (format: Format | undefined): format is Format =>
  format?.writes === true && format.mime.startsWith('image/');

function readOptions({ query }: Exchange) {
  const { values, errors } = readFields(fields as Readonly<Record<string, Field>>, query.texts, 'exact');
  const [error] = errors;
  if (error) throw new Problem('invalid_param', describeParseError(error));
  const read = values as { widths: string[]; types: string[]; sizes: string; alt: string };
  const widths = read.widths.map((text) => (/^\d{1,5}$/.test(text) ? Number(text) : 0));
  if (widths.length === 0 || !widths.every((width) => width > 0 && width <= maxSide))
    throw new Problem('invalid_param', `widths: expected whole numbers from 1 to 16383, got ${read.widths}`);
  const formats = read.types.map((type) => formatNamed(type));
  const types = formats.flatMap((format) => (isForPages(format) ? [format.name] : []));
  if (types.length === 0 || types.length < formats.length)
    throw new Problem(
      'invalid_param',
      `types: expected formats of pictures that can be written, got ${read.types}`,
    );
  if (widths.length * types.length > maxUrls)
    throw new Problem('invalid_param', `widths and types: expected at most ${maxUrls} URLs together`);
  return { ...read, widths, types };
}

/** Formats that every browser shows. */
const universal: readonly string[] = ['jpeg', 'png', 'gif'];

const withFallback = (types: readonly string[], { hasAlpha }: Description): readonly string[] =>
  types.some((type) => universal.includes(type)) ? types : [...types, hasAlpha ? 'png' : 'jpeg'];

/** Whether a query parameter is passed on, by none of its names one of this endpoint. */
const isPassedOn = (name: string): boolean =>
  !own.includes(name) && !(Object.hasOwn(aliases, name) && own.includes(String(aliases[name])));

/** The conversion of one of the URLs, whatever its width and type. */
function conversionFor({ query, preset }: Exchange, operation: string, more: Params) {
  const { width: _, height: __, dpr: ___, ...passedOn } = readParameters(query).params;
  const step: Step = { operation, params: { ...passedOn, type: 'jpeg', ...more } };
  return conversionOf(withPreset([step], preset), 'onthefly');
}

/** How the URLs read the picture: which page of it, and how large that is. */
const decodeOf = (exchange: Exchange): Decode => ({
  ...conversionFor(exchange, 'resize', {}).decode,
  pages: 1,
});

/**
 * The pictures of the URLs, with the sizes that browsers show: turned as EXIF says, where it stays. None is larger than
 * the picture without its frame.
 */
function candidatesOf(
  exchange: Exchange,
  description: Description,
  widths: readonly number[],
): readonly Candidate[] {
  const sizeWith = (operation: string, more: Params) => {
    const { steps, output } = conversionFor(exchange, operation, more);
    const { orientation, ...stored } = outputSize(steps, description);
    return { stored, shown: orientedSize(stored, fromExif(output.metadata === 'keep' ? orientation : 1)) };
  };
  const { width: most } = sizeWith(convertOperation, { padding: [0] }).stored;
  const asked = [...new Set(widths.map((width) => Math.min(width, most)))].toSorted((a, b) => a - b);
  const all = asked.map((width) => ({ asked: width, ...sizeWith('resize', { width }).shown }));
  return all.filter(({ width }, at) => width !== all[at - 1]?.width);
}

/** The background that fits the placeholders that are asked for. */
const backgroundOf = ({ placeholder }: Description): { readonly background?: string } => {
  const background = placeholder?.lqip ?? placeholder?.color;
  return background === undefined ? {} : { background };
};

/**
 * URLs of resized pictures. Where the service wants signatures they are signed: this request was signed too, so its
 * sender may see all that it asks for, and until the same time.
 */
function urlMaker(
  { query }: Exchange,
  prefix: string,
  { ENABLE_URL_SIGNATURE, URL_SIGNATURE_KEY }: OnTheFlyContext['config'],
) {
  const kept = [...query.texts].filter(([name]) => isPassedOn(name));
  const path = `${prefix}/resize`;
  return (width: number, type: string): string => {
    const text = new URLSearchParams([...kept, ['width', String(width)], ['type', type]]).toString();
    const sign = ENABLE_URL_SIGNATURE ? `&sign=${createSignature(URL_SIGNATURE_KEY ?? '', path, text)}` : '';
    return `${path}?${text}${sign}`;
  };
}

/** Answers with the URLs of a picture at several widths, as JSON; with HTML in Accept, as a `<picture>`. */
async function answerSrcset(asked: Exchange, context: OnTheFlyContext, prefix: string): Promise<void> {
  const exchange = withPresetOf(asked, presetIn(asked, context.presets));
  const options = readOptions(asked);
  const description = await describePicture(exchange, context, () => decodeOf(exchange));
  const { html, ...made } = makeSrcset({
    ...options,
    candidates: candidatesOf(exchange, description, options.widths),
    types: withFallback(options.types, description),
    ...backgroundOf(description),
    urlOf: urlMaker(exchange, prefix, context.config),
  });
  const { placeholder } = description;
  vary(exchange.res, 'Accept');
  if (exchange.req.headers.accept?.includes('text/html')) {
    exchange.res.setHeader('x-content-type-options', 'nosniff');
    // The page shows pictures of this service and nothing else.
    exchange.res.setHeader(
      'content-security-policy',
      "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'",
    );
    return sendText(exchange, 200, 'text/html', `${html}\n`);
  }
  sendText(
    exchange,
    200,
    'application/json',
    JSON.stringify({ ...made, html, ...(placeholder ? { placeholder } : {}) }),
  );
}

export const srcsetEndpoint: EndpointSpec = {
  name: 'srcset',
  kind: 'image',
  methods: ['get'],
  summary: 'URLs of a picture at several widths and in several formats, as JSON or as a `<picture>`.',
  parameters: [],
  ownParameters: fields,
  success: { json: 'Srcset' },
  isOffered: ({ MOUNT, ENABLE_URL_SOURCE }) => Boolean(MOUNT) || ENABLE_URL_SOURCE,
  createAnswer:
    ({ context, prefix }) =>
    (exchange) =>
      answerSrcset(exchange, context, prefix),
};
