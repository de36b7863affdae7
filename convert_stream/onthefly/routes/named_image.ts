import { Problem } from '../../../common/problem.ts';
import { convertOperation, fileType, resolveAliases } from '../../../engine/catalog.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Query } from '../../http/query.ts';
import type { OnTheFlyContext } from '../context.ts';
import { answerConditionally, type MakeAnswer } from '../response/conditional.ts';
import { readPicture } from '../sources/read_picture.ts';
import type { EndpointSpec } from './endpoint.ts';
import { answerImage } from './image.ts';

/** Short names for parameters of this path. `l` (length) is the height. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['w', 'width'],
  ['h', 'height'],
  ['l', 'height'],
]);

/** The query with `file` and the full names of its parameters. A full name wins over a short one, `h` over `l`. */
function longQuery({ texts, ...query }: Query, file: string): Query {
  const long = new Map(texts);
  for (const [short, full] of shortNames) {
    const text = long.get(short);
    long.delete(short);
    if (text !== undefined && !long.has(full)) long.set(full, text);
  }
  return { ...query, texts: resolveAliases(long.set('file', file)) };
}

/** The first of these parameters in the query selects the operation. */
const operationsByParameter = [
  ['width', 'resize'],
  ['height', 'resize'],
  ['scale', 'resize'],
  ['type', convertOperation],
] as const;

/** A preset of that name is done first, and then this operation. */
const operationOf = ({ texts }: Query): string | undefined =>
  operationsByParameter.find(([key]) => texts.has(key))?.[1] ??
  (texts.get('preset') ? convertOperation : undefined);

/** Answers with the picture as it is; refuses objects that are not pictures. */
const readOriginal: MakeAnswer = async (found, { reservation }) => {
  const {
    bytes: data,
    format: { name, mime },
  } = await readPicture(found, reservation);
  return { data, mime, facts: { filetype: fileType(name), bytesIn: data.length } };
};

/**
 * `/images/NAME?w=200&h=200` is `/resize?file=NAME&width=200&height=200`; without a size, a type or a preset, the object
 * as it is.
 */
async function answerNamed(exchange: Exchange, name: string, context: OnTheFlyContext): Promise<void> {
  if (exchange.req.method === 'POST') {
    exchange.res.setHeader('allow', 'GET, HEAD');
    throw new Problem('method_not_allowed', 'HTTP method not allowed. Try with a GET method');
  }
  const long = { ...exchange, query: longQuery(exchange.query, name) };
  const operation = operationOf(long.query);
  if (operation === undefined) return await answerConditionally(long, context, readOriginal);
  await answerImage(long, ({ params }) => [{ operation, params }], context);
}

/** The path in front of the object's name. */
const folder = '/images/';

export const namedImageEndpoint: EndpointSpec = {
  name: 'images',
  kind: 'image',
  path: `${folder}{name}`,
  methods: ['get'],
  summary: 'A picture of the mounted folder or bucket: resized, or as it is if no size is given.',
  parameters: ['type'],
  ownParameters: {
    w: { kind: 'int', unit: 'pixels', doc: 'Short for width.' },
    h: { kind: 'int', unit: 'pixels', doc: 'Short for height.' },
  },
  success: 'picture',
  isOffered: ({ MOUNT }) => Boolean(MOUNT),
  createAnswer:
    ({ context, prefix }) =>
    (exchange) =>
      answerNamed(exchange, exchange.path.slice(prefix.length + folder.length), context),
};
