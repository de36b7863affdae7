import vary from 'vary';
import { describeParseError, type Field, type FieldTable, readFields } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import { formatNamed, outputSize, placeholderFields } from '../../../engine/catalog.ts';
import { createSignature } from '../../guards/signature.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyContext } from '../context.ts';
import { readParameters } from '../request/parse.ts';
import { sendText } from '../response/send.ts';
import { makeSrcset, type Shown } from '../response/srcset.ts';
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

function readOptions({ query }: Exchange) {
  const { values, errors } = readFields(fields as Readonly<Record<string, Field>>, query.texts, 'exact');
  const [error] = errors;
  if (error) throw new Problem('invalid_param', describeParseError(error));
  const read = values as { widths: string[]; types: string[]; sizes: string; alt: string };
  const widths = read.widths.map(Number);
  const isWidth = (width: number): boolean => Number.isInteger(width) && width > 0 && width <= 16_383;
  if (widths.length === 0 || !widths.every(isWidth))
    throw new Problem('invalid_param', `widths: expected whole numbers from 1 to 16383, got ${read.widths}`);
  const types = read.types.map((type) => formatNamed(type)).map((format) => format?.writes && format.name);
  if (types.length === 0 || types.includes(undefined) || types.includes(false))
    throw new Problem('invalid_param', `types: expected formats that can be written, got ${read.types}`);
  if (widths.length * types.length > maxUrls)
    throw new Problem('invalid_param', `widths and types: expected at most ${maxUrls} URLs together`);
  return { ...read, widths, types: types as readonly string[] };
}

/** Formats that every browser shows. */
const universal: readonly string[] = ['jpeg', 'png', 'gif'];

const withFallback = (types: readonly string[], { hasAlpha }: Description): readonly string[] =>
  types.some((type) => universal.includes(type)) ? types : [...types, hasAlpha ? 'png' : 'jpeg'];

/** The size in which the picture is shown, turned and framed as the parameters say. */
const shownSize = ({ query }: Exchange, description: Description): Shown => {
  const { width: _, height: __, type: ___, dpr: ____, ...params } = readParameters(query).params;
  return outputSize('convert', { ...params, type: 'jpeg' }, description);
};

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
  const kept = [...query.texts].filter(([name]) => !own.includes(name));
  const path = `${prefix}/resize`;
  return (width: number, type: string): string => {
    const text = new URLSearchParams([...kept, ['width', String(width)], ['type', type]]).toString();
    const sign = ENABLE_URL_SIGNATURE ? `&sign=${createSignature(URL_SIGNATURE_KEY ?? '', path, text)}` : '';
    return `${path}?${text}${sign}`;
  };
}

/** Answers with the URLs of a picture at several widths, as JSON; with HTML in Accept, as a `<picture>`. */
async function answerSrcset(exchange: Exchange, context: OnTheFlyContext, prefix: string): Promise<void> {
  const options = readOptions(exchange);
  const description = await describePicture(exchange, context);
  const { html, ...made } = makeSrcset(shownSize(exchange, description), {
    ...options,
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
