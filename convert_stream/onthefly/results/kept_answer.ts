import type { Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';
import { type MemoryBudget, openReservation } from '../../upload/memory_budget.ts';
import type { PictureAnswer } from '../context.ts';
import { readQueryParams } from '../request/params.ts';
import type { FoundPicture } from '../sources/source.ts';
import type { Keeper } from './keeper.ts';
import { resultName } from './names.ts';

/** Facts of an answer beside its bytes. */
type Facts = Omit<PictureAnswer, 'data'>;

/** What decides a result beside the known parameters: the text of a pipeline, and the short names of `/images/`. */
const others = ['operations', 'w', 'h'] as const;

/**
 * The query as far as it decides the result: the parameters as they are read, by whatever name. A signature, or what
 * only makes a URL unique, does not. Undefined for a query that cannot be read.
 */
function decidingQuery({ query }: Exchange): string | undefined {
  try {
    const params = Object.entries(readQueryParams(query)).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([params, others.map((name) => query.texts.get(name) ?? null)]);
  } catch {
    return undefined;
  }
}

/** What the name of a result is made from. */
export interface ResultParts {
  readonly found: FoundPicture;
  /** Changes with the settings that decide answers. */
  readonly settings: string;
  /** Types that the client accepts, where they decide. */
  readonly types: readonly string[];
}

/** The name of a result; undefined for one that is not kept: of a body, or of a source without name or version. */
export function keptName(exchange: Exchange, { found, settings, types }: ResultParts): string | undefined {
  const { source, version: of } = found;
  if (exchange.req.method === 'POST' || source === undefined || of === undefined) return undefined;
  const { path, preset } = exchange;
  const asked = decidingQuery(exchange);
  if (asked === undefined) return undefined;
  const steps = preset ? JSON.stringify(preset.steps) : '';
  return resultName(source, [version, settings, of, path, types.join(), steps, asked]);
}

/** The kept answer of a name. Its bytes are reserved while they are read. */
export async function readAnswer(
  keeper: Keeper,
  name: string,
  budget: MemoryBudget,
): Promise<PictureAnswer | undefined> {
  using room = openReservation(budget);
  const entry = await keeper.get<Facts>(name, room.add);
  return entry && { ...entry.facts, data: entry.data, isKept: true };
}

/** Keeps an answer for the next equal request. */
export function keepAnswer(keeper: Keeper, name: string, { data, isKept: _, ...about }: PictureAnswer): void {
  // The next request takes no time to convert.
  const { convertMs: __, ...facts } = about.facts;
  keeper.put<Facts>(name, { facts: { ...about, facts }, data });
}
