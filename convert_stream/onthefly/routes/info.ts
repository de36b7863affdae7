import { checkInput, firstPage, workKindOf } from '../../../engine/catalog.ts';
import { inspect, type Source } from '../../../engine/index.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyContext } from '../context.ts';
import { readParameters } from '../request/parse.ts';
import { processingProblem } from '../response/errors.ts';
import { sendText } from '../response/send.ts';
import { type Flight, runAlone } from '../response/single_flight.ts';
import { findPicture, readPicture, waiterOf } from '../sources/read_picture.ts';
import type { EndpointSpec } from './endpoint.ts';

/**
 * Describes a picture from its header alone. The size is the stored one, before EXIF orientation.
 * Takes a slot like a conversion: for SVG, PDF and RAW, reading the header is as expensive.
 */
async function infoOf(bytes: Buffer, { convertOptions, gate }: OnTheFlyContext, enter: () => void) {
  const kind = workKindOf(bytes);
  // A document may wait long for its slot, and it is small.
  if (kind === 'document') enter();
  const read = (): Promise<Source> => {
    enter();
    return inspect(bytes, firstPage, convertOptions);
  };
  const source = await gate.run(read, kind);
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

/** Answers with the description of a picture as JSON. */
async function answerInfo(exchange: Exchange, context: OnTheFlyContext): Promise<void> {
  using resources = new DisposableStack();
  const waiter = waiterOf(exchange, resources);
  const found = await findPicture(exchange, context, waiter);
  const describe = async ({ reservation }: Flight, enter: () => void) => {
    const { bytes, release } = await readPicture(found, reservation);
    readParameters(exchange.query);
    const info = await infoOf(bytes, context, enter).catch((error: unknown) => {
      throw processingProblem(error);
    });
    release();
    return info;
  };
  const info = await runAlone(
    context.budget,
    (flight) => context.ahead(found, (enter) => describe(flight, enter), flight.signal),
    waiter,
  );
  sendText(exchange, 200, 'application/json', JSON.stringify(info));
}

export const infoEndpoint: EndpointSpec = {
  name: 'info',
  kind: 'image',
  methods: ['get', 'post'],
  summary: 'Describes a picture by its header, as JSON: size, type, colour space and orientation.',
  parameters: [],
  success: { json: 'Info' },
  examples: [{ query: '', doc: 'Size, type, colour space, orientation.' }],
  createAnswer:
    ({ context }) =>
    (exchange) =>
      answerInfo(exchange, context),
};
