import type { ObjectStore } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Manifest, ManifestEntry } from '../record.ts';
import { manifestName } from '../record.ts';
import { type Origin, originMetadata } from './newest.ts';

export interface ManifestUpdate {
  readonly origin: Origin;
  /** Names of all outputs of this generation. */
  readonly outputs: readonly string[];
  readonly output: string;
  readonly entry: ManifestEntry;
  /** Whether the output was ordered by hand: then it may have come after another source replaced it. */
  readonly isByHand?: boolean;
}

const attempts = 20;
const waiting: ManifestEntry = { state: 'waiting' };

/** Later orders may mend what failed; what is done stays done, unless another source replaces it. */
function isFinal(old: ManifestEntry, { entry, isByHand = false }: ManifestUpdate): boolean {
  if (old.code === 'superseded') return entry.state === 'done' && !isByHand;
  return old.state === 'done' && entry.code !== 'superseded';
}

/**
 * A manifest with one output's news: undefined when it changes nothing. Pure, and the same in any order: an older
 * generation changes nothing, a newer one begins anew.
 */
export function merged(there: Manifest | undefined, update: ManifestUpdate): Manifest | undefined {
  const { origin, outputs, output, entry } = update;
  const age = there ? BigInt(there.source.generation) - BigInt(origin.generation) : -1n;
  if (age > 0n) return undefined;
  const before = there && age === 0n ? there.outputs : {};
  const old = before[output] ?? waiting;
  if (isFinal(old, update) || JSON.stringify(old) === JSON.stringify(entry)) return undefined;
  const all = Object.fromEntries([...outputs, output].map((name) => [name, before[name] ?? waiting]));
  return { source: origin, outputs: { ...before, ...all, [output]: entry } };
}

/** @throws Problem `storage_unavailable`, `too_busy`; `superseded` and `not_found` when it has just been changed. */
async function once(store: ObjectStore, bucket: string, update: ManifestUpdate): Promise<void> {
  const name = manifestName(update.origin.name);
  const facts = await store.stat({ bucket, name });
  const text = facts && String(await store.read({ bucket, name, generation: facts.generation }));
  const next = merged(text ? (JSON.parse(text) as Manifest) : undefined, update);
  if (next === undefined) return;
  await store.write({
    bucket,
    name,
    data: Buffer.from(`${JSON.stringify(next, undefined, 2)}\n`),
    contentType: 'application/json',
    cacheControl: 'no-store',
    metadata: originMetadata(update.origin),
    ifGeneration: facts?.generation ?? '0',
  });
}

/** Puts one output's news into the manifest of its source. @throws Problem `too_busy`, `storage_unavailable`. */
export async function updateManifest(
  store: ObjectStore,
  bucket: string,
  update: ManifestUpdate,
): Promise<void> {
  for (let tried = 0; tried < attempts; tried += 1) {
    try {
      return await once(store, bucket, update);
    } catch (error) {
      if (!isProblem(error, 'superseded', 'not_found')) throw error;
    }
  }
  throw new Problem(
    'too_busy',
    `${manifestName(update.origin.name)}: too many write it at once; try again later`,
  );
}
