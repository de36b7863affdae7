import { checkInput, workKindOf } from '../../../engine/catalog.ts';
import { inspect } from '../../../engine/index.ts';
import type { Exchange } from '../../http/exchange.ts';
import { readAsked } from '../request/parse.ts';
import { processingProblem } from '../response/errors.ts';
import { sendText } from '../response/send.ts';
import { fly } from '../response/single_flight.ts';
import { find, readPicture, type Workshop, waiterOf } from '../sources/read_picture.ts';
import type { EndpointSpec } from './endpoint.ts';

const decode = { damaged: 'read', pages: 1 } as const;

/**
 * Facts of a picture, from its header alone. The size is the stored one, before EXIF orientation.
 * It stands in line like a conversion: of drawings, documents and raw photographs it is as much work.
 */
async function infoOf(bytes: Buffer, { convertOptions, gate }: Workshop) {
  const source = await gate.run(() => inspect(bytes, decode, convertOptions), workKindOf(bytes));
  checkInput(source, 1, convertOptions.limits);
  return {
    width: source.width,
    height: source.height,
    type: source.format.name,
    space: source.space,
    hasAlpha: source.alpha,
    hasProfile: source.hasProfile,
    channels: source.channels,
    orientation: source.orientation,
  };
}

/** Answers with the facts of a picture as JSON. */
async function answerInfo(exchange: Exchange, shop: Workshop): Promise<void> {
  using resources = new DisposableStack();
  const waiter = waiterOf(exchange, resources);
  const found = await find(exchange, shop, waiter);
  const { bytes } = await fly(shop.budget, ({ reservation }) => readPicture(found, reservation), waiter);
  readAsked(exchange.query);
  try {
    sendText(exchange, 200, 'application/json', JSON.stringify(await infoOf(bytes, shop)));
  } catch (error) {
    throw processingProblem(error);
  }
}

export const infoEndpoint: EndpointSpec = {
  name: 'info',
  kind: 'image',
  methods: ['get', 'post'],
  summary: 'Tells size, type, colour space and orientation of a picture from its header, as JSON.',
  parameters: [],
  success: { json: 'Info' },
  examples: [{ query: '', doc: 'Size, type, colour space, orientation.' }],
  createAnswer:
    ({ shop }) =>
    (exchange) =>
      answerInfo(exchange, shop),
};
