import { Problem } from '../../../common/problem.ts';
import { inSpan } from '../../../common/telemetry/spans.ts';
import {
  type Conversion,
  conversionFacts,
  conversionOf,
  fileType,
  type Step,
  workKindOf,
} from '../../../engine/catalog.ts';
import { convert, type FetchImage } from '../../../engine/index.ts';
import type { Exchange } from '../../http/exchange.ts';
import { type Negotiated, negotiate } from '../request/negotiation.ts';
import { type Asked, readAsked } from '../request/parse.ts';
import { answerMade, type Make } from '../response/conditional.ts';
import { processingProblem } from '../response/errors.ts';
import { type Made, type Picture, readPicture, type Workshop } from '../sources/read_picture.ts';
import { fetchedFirst } from '../sources/watermark.ts';

/** The steps that a request asks for. @throws Problem. */
export type StepsOf = (asked: Asked) => readonly Step[];

/** Work that no client waits for any more is not begun. */
function checkWaiting(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem('upload_timeout', 'client disconnected');
}

/** A page of a document becomes a picture only where its type is said, as clients of Imaginary do. */
function checkOutput({ output }: Conversion, { format }: Picture): void {
  if (output.type === undefined && format.name === 'pdf')
    throw new Problem('unsupported_output', 'Unsupported image output type');
}

type Tools = Pick<Workshop, 'gate' | 'convertOptions'> &
  Pick<Negotiated, 'accept'> & { readonly fetchImage: FetchImage; readonly signal: AbortSignal };

async function work(
  picture: Picture,
  steps: readonly Step[],
  { gate, convertOptions, fetchImage, accept, signal }: Tools,
): Promise<Made> {
  const conversion = conversionOf(steps, 'onthefly', accept);
  checkOutput(conversion, picture);
  const options = { ...convertOptions, fetchImage: await fetchedFirst(steps, fetchImage) };
  const startMs = performance.now();
  const made = await inSpan('convert', { attributes: { input: picture.format.name } }, () =>
    gate.run(async () => {
      checkWaiting(signal);
      return await convert(picture.bytes, conversion, options);
    }, workKindOf(picture.bytes)),
  );
  const convertMs = Math.round(performance.now() - startMs);
  const { data, format, info } = made;
  const facts = {
    ...conversionFacts(made),
    filetype: fileType(format.name),
    bytesIn: picture.bytes.length,
    convertMs,
  };
  return { data, mime: format.mime, size: info, facts };
}

/** Reads, checks and converts, in the order in which Imaginary's errors win. */
const maker =
  (exchange: Exchange, stepsOf: StepsOf, shop: Workshop): Make =>
  async (found, flight) => {
    const picture = await readPicture(found, flight.reservation);
    const asked = readAsked(exchange.query);
    const { params, accept } = negotiate(asked.params, exchange.req.headers.accept, shop.config.AUTO_TYPE);
    try {
      const tools = { ...shop, accept, signal: flight.signal, fetchImage: shop.watermarks(flight) };
      const made = await work(picture, stepsOf({ ...asked, params }), tools);
      found.release?.(made.data);
      return made;
    } catch (error) {
      throw processingProblem(error);
    }
  };

/** Answers with a picture after some operations. */
export const answerImage = (exchange: Exchange, stepsOf: StepsOf, shop: Workshop): Promise<void> =>
  answerMade(exchange, shop, maker(exchange, stepsOf, shop));
