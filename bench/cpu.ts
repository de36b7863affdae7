import type { MeasuredChild } from './child.ts';
import { load, type Shot } from './load.ts';

/** CPU time of a server process per request, in ms, while it answers `shots`; every answer must be a 200. */
export async function cpuPerRequest(
  child: MeasuredChild,
  shots: readonly Shot[],
  inFlight: number,
): Promise<number> {
  const before = await child.usage();
  const { statuses } = await load(shots, inFlight);
  const after = await child.usage();
  if (statuses[200] !== shots.length) throw new Error(`expected only 200s, got ${JSON.stringify(statuses)}`);
  return (after.cpuMs - before.cpuMs) / shots.length;
}

/**
 * Measures contenders in turn, round after round, so that drift of the machine affects all of them equally.
 * @returns the figures of each contender, one per round.
 */
export async function inTurn<K extends string>(
  rounds: number,
  contenders: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contenders) as K[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures[name].push(await contenders[name]());
  }
  return figures;
}
