import { Problem } from '../../../common/problem.ts';
import { inSpan } from '../../../common/telemetry/spans.ts';
import {
  type Conversion,
  conversionDetails,
  conversionOf,
  fileType,
  type Step,
  workKindOf,
} from '../../../engine/catalog.ts';
import { convert, type FetchImage } from '../../../engine/index.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyContext, PictureAnswer } from '../context.ts';
import { type Negotiated, negotiate } from '../request/negotiation.ts';
import { type RequestParameters, readParameters } from '../request/parse.ts';
import { presetIn, withPreset, withPresetOf } from '../request/preset.ts';
import { answerConditionally, type MakeAnswer } from '../response/conditional.ts';
import { processingProblem } from '../response/errors.ts';
import { type Picture, readPicture } from '../sources/read_picture.ts';
import { prefetch } from '../sources/watermark.ts';

/** Reads the steps of a request. @throws Problem. */
export type StepsOf = (parameters: RequestParameters) => readonly Step[];

/** Starts no work that no client waits for any more. */
function checkClient(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem('upload_timeout', 'client disconnected');
}

/** A page of a document becomes a picture only if the request names a type, as Imaginary's clients do. */
function checkOutput({ output }: Conversion, { format }: Picture): void {
  if (output.type === undefined && format.name === 'pdf')
    throw new Problem('unsupported_output', 'Unsupported image output type');
}

type Tools = Pick<OnTheFlyContext, 'gate' | 'convertOptions'> &
  Pick<Negotiated, 'accept'> & {
    readonly fetchImage: FetchImage;
    readonly signal: AbortSignal;
    /** Called when the conversion begins. */
    readonly enter: () => void;
  };

async function convertPicture(
  picture: Picture,
  steps: readonly Step[],
  { gate, convertOptions, fetchImage, accept, signal, enter }: Tools,
): Promise<PictureAnswer> {
  const conversion = conversionOf(steps, 'onthefly', accept);
  checkOutput(conversion, picture);
  const options = { ...convertOptions, fetchImage: await prefetch(steps, fetchImage) };
  const startMs = performance.now();
  const converted = await inSpan('convert', { attributes: { input: fileType(picture.format.name) } }, () =>
    gate.run(async () => {
      enter();
      checkClient(signal);
      return await convert(picture.bytes, conversion, options);
    }, workKindOf(picture.bytes)),
  );
  const convertMs = Math.round(performance.now() - startMs);
  const { data, format, info } = converted;
  const facts = {
    ...conversionDetails(converted),
    filetype: fileType(format.name),
    bytesIn: picture.bytes.length,
    convertMs,
  };
  return { data, mime: format.mime, size: info, facts };
}

/** Whether an output is a part of its input. */
const sharesMemory = (one: Buffer, other: Buffer): boolean => one.buffer === other.buffer;

/** Reads, checks and converts; the order gives Imaginary's errors precedence. */
const makerFor =
  (exchange: Exchange, stepsOf: StepsOf, context: OnTheFlyContext): MakeAnswer =>
  (found, flight) =>
    context.ahead(
      found,
      async (enter) => {
        const picture = await readPicture(found, flight.reservation);
        // A document may wait long for its slot, and it is small.
        if (workKindOf(picture.bytes) === 'document') enter();
        const parameters = readParameters(exchange.query);
        const { accept: header } = exchange.req.headers;
        try {
          const asked = withPreset(stepsOf(parameters), exchange.preset);
          const { steps, accept } = negotiate(asked, header, context.config.AUTO_TYPE);
          const { signal } = flight;
          const tools = { ...context, accept, signal, enter, fetchImage: context.watermarks(flight) };
          const converted = await convertPicture(picture, steps, tools);
          if (!sharesMemory(converted.data, picture.bytes)) picture.release();
          return converted;
        } catch (error) {
          throw processingProblem(error);
        }
      },
      flight.signal,
    );

/** Answers with the picture after the steps. */
export async function answerImage(
  asked: Exchange,
  stepsOf: StepsOf,
  context: OnTheFlyContext,
): Promise<void> {
  const exchange = withPresetOf(asked, asked.preset ?? presetIn(asked, context.presets));
  await answerConditionally(exchange, context, makerFor(exchange, stepsOf, context));
}
