import { Problem } from '../../../common/problem.ts';
import { fileType } from '../../../engine/catalog.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Query } from '../../http/query.ts';
import { answerMade, type Make } from '../response/conditional.ts';
import { readPicture, type Workshop } from '../sources/read_picture.ts';
import type { EndpointSpec } from './endpoint.ts';
import { answerImage } from './image.ts';

/** Short names of this path; `l` is what the program this comes from called the height. */
const short: ReadonlyMap<string, string> = new Map([
  ['w', 'width'],
  ['h', 'height'],
  ['l', 'height'],
]);

/** The query of the long form: `file`, and the full names of what was given. */
function longQuery({ pairs, texts }: Query, file: string): Query {
  const long = new Map<string, string>();
  for (const [name, text] of texts) {
    const full = short.get(name) ?? name;
    if (!long.has(full)) long.set(full, text);
  }
  return { pairs, texts: long.set('file', file) };
}

/** The operation that is meant, by the first of these names that is given; none: the object as it is. */
const meanings = [
  ['width', 'resize'],
  ['height', 'resize'],
  ['scale', 'resize'],
  ['type', 'convert'],
] as const;

/** The picture as it is; what is no picture is not given away. */
const original: Make = async (found, { reservation }) => {
  const {
    bytes: data,
    format: { name, mime },
  } = await readPicture(found, reservation);
  return { data, mime, facts: { filetype: fileType(name), bytesIn: data.length } };
};

/** `/images/NAME?w=200&h=200` is `/resize?file=NAME&width=200&height=200`; without a size, the object as it is. */
async function answerNamed(exchange: Exchange, name: string, shop: Workshop): Promise<void> {
  if (exchange.req.method === 'POST') {
    exchange.res.setHeader('allow', 'GET, HEAD');
    throw new Problem('method_not_allowed', 'HTTP method not allowed. Try with a GET method');
  }
  const long = { ...exchange, query: longQuery(exchange.query, name) };
  const operation = meanings.find(([key]) => long.query.texts.has(key))?.[1];
  if (operation === undefined) return await answerMade(long, shop, original);
  await answerImage(long, ({ params }) => [{ operation, params }], shop);
}

/** In front of the object's name. */
const folder = '/images/';

export const namedImageEndpoint: EndpointSpec = {
  name: 'images',
  kind: 'image',
  path: `${folder}{name}`,
  methods: ['get'],
  summary: 'A picture of the mounted folder or bucket: resized, or as it is where no size is given.',
  parameters: ['type'],
  ownParameters: {
    w: { kind: 'int', unit: 'pixels', doc: 'Short for width.' },
    h: { kind: 'int', unit: 'pixels', doc: 'Short for height.' },
  },
  success: 'picture',
  isOffered: ({ MOUNT }) => Boolean(MOUNT),
  createAnswer:
    ({ shop, prefix }) =>
    (exchange) =>
      answerNamed(exchange, exchange.path.slice(prefix.length + folder.length), shop),
};
