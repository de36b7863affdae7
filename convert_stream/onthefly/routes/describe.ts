import { Problem } from '../../../common/problem.ts';
import {
  checkInput,
  type Decode,
  firstPage,
  type PlaceholderName,
  readPlaceholders,
  workKindOf,
} from '../../../engine/catalog.ts';
import { inspect, loadPlaceholders, type Placeholders, type Source } from '../../../engine/index.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyContext } from '../context.ts';
import { readParameters } from '../request/parse.ts';
import { processingProblem } from '../response/errors.ts';
import { type Flight, runAlone } from '../response/single_flight.ts';
import { findPicture, readPicture, waiterOf } from '../sources/read_picture.ts';

const noOtherPicture = async (): Promise<never> => {
  throw new Problem('unprocessable', 'image: no other picture belongs to a placeholder');
};

interface Reading {
  readonly decode: Decode;
  /** Called when the reading begins. */
  readonly enter: () => void;
}

/**
 * Describes a picture from its header alone. The size is the stored one, before EXIF orientation.
 * Takes a slot like a conversion: for SVG, PDF and RAW, reading the header is as expensive.
 */
async function infoOf(bytes: Buffer, { convertOptions, gate, decode, enter }: OnTheFlyContext & Reading) {
  const kind = workKindOf(bytes);
  // A document may wait long for its slot, and it is small.
  if (kind === 'document') enter();
  const read = (): Promise<Source> => {
    enter();
    return inspect(bytes, decode, convertOptions);
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

/** The placeholders of a picture, if any are asked for. */
async function placeholdersOf(
  bytes: Buffer,
  names: readonly PlaceholderName[],
  { convertOptions, gate }: OnTheFlyContext,
): Promise<{ readonly placeholder?: Placeholders }> {
  if (names.length === 0) return {};
  const { makePlaceholders } = await loadPlaceholders();
  const options = { ...convertOptions, fetchImage: noOtherPicture };
  const make = () => makePlaceholders(bytes, names, options);
  return { placeholder: await gate.run(make, workKindOf(bytes)) };
}

/** What is told about a picture. */
export type Description = Awaited<ReturnType<typeof infoOf>> & { readonly placeholder?: Placeholders };

/**
 * Finds the picture of a request, and describes it with the placeholders that the query asks for.
 * @param decodeOf tells how the picture is read, when the query has been checked.
 */
export async function describePicture(
  exchange: Exchange,
  context: OnTheFlyContext,
  decodeOf = (): Decode => firstPage,
): Promise<Description> {
  using resources = new DisposableStack();
  const waiter = waiterOf(exchange, resources);
  const found = await findPicture(exchange, context, waiter);
  const describe = async ({ reservation }: Flight, enter: () => void) => {
    const { bytes, release } = await readPicture(found, reservation);
    readParameters(exchange.query);
    const names = readPlaceholders(exchange.query.texts.get('placeholder'));
    try {
      const info = await infoOf(bytes, { ...context, decode: decodeOf(), enter });
      const made = await placeholdersOf(bytes, names, context);
      release();
      return { ...info, ...made };
    } catch (error) {
      throw processingProblem(error);
    }
  };
  return await runAlone(
    context.budget,
    (flight) => context.ahead(found, (enter) => describe(flight, enter), flight.signal),
    waiter,
  );
}
