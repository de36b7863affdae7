import { params } from '../../../engine/catalog.ts';
import type { Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';
import type { PictureAnswer } from '../context.ts';
import type { FoundPicture } from '../sources/source.ts';
import type { Keeper } from './keeper.ts';
import { resultName } from './names.ts';

/** Facts of an answer beside its bytes. */
type Facts = Omit<PictureAnswer, 'data'>;

/** Query parameters that decide a result. Others, such as a signature or what only makes a URL unique, do not. */
const deciding: ReadonlySet<string> = new Set([...Object.keys(params), 'operations', 'w', 'h']);

/** The query as far as it decides the result: sorted by name, the first value of each. */
const decidingQuery = ({ query }: Exchange): readonly string[] =>
  [...query.texts]
    .filter(([name]) => deciding.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => JSON.stringify(pair));

/** What the name of a result is made from. */
export interface ResultParts {
  readonly found: FoundPicture;
  /** Types that the client accepts, where they decide. */
  readonly types: readonly string[];
}

/** The name of a result; undefined for one that is not kept: of a body, or of a source without name or version. */
export function keptName(exchange: Exchange, { found, types }: ResultParts): string | undefined {
  const { source, version: of } = found;
  if (exchange.req.method === 'POST' || source === undefined || of === undefined) return undefined;
  const { path, preset } = exchange;
  const steps = preset ? JSON.stringify(preset.steps) : '';
  return resultName(source, [version, of, path, types.join(), steps, ...decidingQuery(exchange)]);
}

/** The kept answer of a name. */
export async function readAnswer(keeper: Keeper, name: string): Promise<PictureAnswer | undefined> {
  const entry = await keeper.get<Facts>(name);
  return entry && { ...entry.facts, data: entry.data, isKept: true };
}

/** Keeps an answer for the next equal request. */
export function keepAnswer(keeper: Keeper, name: string, { data, isKept: _, ...about }: PictureAnswer): void {
  // The next request takes no time to convert.
  const { convertMs: __, ...facts } = about.facts;
  keeper.put<Facts>(name, { facts: { ...about, facts }, data });
}
