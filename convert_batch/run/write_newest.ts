import type { ObjectInfo, ObjectStore, ObjectWrite } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { type Origin, sourceMetadata } from '../origin.ts';

export interface NewestWrite extends Omit<ObjectWrite, 'ifGeneration' | 'metadata'> {
  readonly origin: Origin;
  /** Metadata beside the origin; depends on the object that is replaced. */
  readonly metadata: (current: ObjectInfo | undefined) => Readonly<Record<string, string>>;
  /** The current object as far as known; it is read again when that proves wrong. */
  readonly current: ObjectInfo | undefined;
  /** Whether the current object must stay. The answer must hold while its generation and metageneration do. */
  readonly mustKeep: (current: ObjectInfo) => boolean | Promise<boolean>;
}

export type WriteResult =
  | { readonly state: 'written'; readonly generation: string; readonly replaced: ObjectInfo | undefined }
  | { readonly state: 'kept'; readonly current: ObjectInfo };

const attempts = 10;

/**
 * Writes an object unless the current one must stay. It replaces exactly the object that `mustKeep` has judged: when the
 * bytes or the metadata change in between, `mustKeep` judges again.
 * @throws Problem `too_busy` when others keep writing, `storage_unavailable`.
 */
export async function writeNewest(store: ObjectStore, write: NewestWrite): Promise<WriteResult> {
  const { origin, metadata, current: known, mustKeep, ...object } = write;
  let current = known;
  for (let tried = 0; tried < attempts; tried += 1) {
    if (current && (await mustKeep(current))) return { state: 'kept', current };
    try {
      const generation = await store.write({
        ...object,
        metadata: { ...metadata(current), ...sourceMetadata(origin) },
        ifGeneration: current?.generation ?? '0',
        ...(current ? { ifMetageneration: current.metageneration ?? '1' } : {}),
      });
      return { state: 'written', generation, replaced: current };
    } catch (error) {
      if (!isProblem(error, 'superseded')) throw error;
      current = await store.stat({ bucket: write.bucket, name: write.name });
    }
  }
  throw new Problem('too_busy', `${write.name}: too many concurrent writes; try again later`);
}
