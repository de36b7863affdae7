import type { ObjectStore } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { type Origin, sourceMetadata } from '../origin.ts';
import { type Manifest, type ManifestEntry, manifestName, stateOf } from '../record.ts';

export interface ManifestUpdate {
  readonly origin: Origin;
  /** Names of all outputs of this generation. */
  readonly outputs: readonly string[];
  readonly output: string;
  readonly entry: ManifestEntry;
  /** Whether the job was queued by hand: then it may run after another source has replaced the output. */
  readonly isByHand?: boolean;
}

const attempts = 20;
const waiting: ManifestEntry = { state: 'waiting' };

/** A later attempt may succeed after a failure. A done output stays done unless another source replaces it. */
function isFinal(old: ManifestEntry, { entry, isByHand = false }: ManifestUpdate): boolean {
  if (old.code === 'superseded') return entry.state === 'done' && !isByHand;
  return old.state === 'done' && entry.code !== 'superseded';
}

/**
 * The manifest after an update; undefined when nothing changes. Pure, and the result does not depend on the order of
 * updates: an older generation changes nothing, a newer one starts a new manifest.
 */
export function mergeUpdate(current: Manifest | undefined, update: ManifestUpdate): Manifest | undefined {
  const { origin, outputs, output, entry } = update;
  const age = current ? BigInt(current.source.generation) - BigInt(origin.generation) : -1n;
  if (age > 0n) return undefined;
  const before = current && age === 0n ? current.outputs : {};
  const old = before[output] ?? waiting;
  if (isFinal(old, update) || JSON.stringify(old) === JSON.stringify(entry)) return undefined;
  const all = Object.fromEntries([...outputs, output].map((name) => [name, before[name] ?? waiting]));
  return { source: origin, outputs: { ...before, ...all, [output]: entry } };
}

/** @throws Problem `storage_unavailable`, `too_busy`; `superseded` and `not_found` after a concurrent change. */
async function tryUpdate(store: ObjectStore, bucket: string, update: ManifestUpdate): Promise<void> {
  const name = manifestName(update.origin.name);
  const object = await store.stat({ bucket, name });
  const text = object && String(await store.read({ bucket, name, generation: object.generation }));
  const next = mergeUpdate(text ? (JSON.parse(text) as Manifest) : undefined, update);
  if (next === undefined) return;
  await store.write({
    bucket,
    name,
    data: Buffer.from(`${JSON.stringify(next, undefined, 2)}\n`),
    contentType: 'application/json',
    cacheControl: 'no-store',
    // Events carry the metadata: a subscriber sees whether the source is settled without reading the object.
    metadata: { ...sourceMetadata(update.origin), state: stateOf(Object.values(next.outputs)) },
    ifGeneration: object?.generation ?? '0',
  });
}

/** Updates one output in the manifest of its source. @throws Problem `too_busy`, `storage_unavailable`. */
export async function updateManifest(
  store: ObjectStore,
  bucket: string,
  update: ManifestUpdate,
): Promise<void> {
  for (let tried = 0; tried < attempts; tried += 1) {
    try {
      return await tryUpdate(store, bucket, update);
    } catch (error) {
      if (!isProblem(error, 'superseded', 'not_found')) throw error;
    }
  }
  throw new Problem(
    'too_busy',
    `${manifestName(update.origin.name)}: too many concurrent writes; try again later`,
  );
}
