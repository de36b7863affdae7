import type { ObjectInfo, ObjectStore } from './objects.ts';

/** Metadata of an output whose source is about to be deleted: the output is then the only copy of the picture. */
const deletedMark = { 'source-deleted': 'true' } as const;

/** Whether the output's source was deleted because its outputs exist. */
export const isMarked = ({ metadata }: ObjectInfo): boolean =>
  metadata['source-deleted'] === deletedMark['source-deleted'];

/** Marks an output. @throws Problem `superseded` or `not_found` when that generation is gone. */
export const markDeleted = (
  store: Pick<ObjectStore, 'annotate'>,
  output: { readonly bucket: string; readonly name: string; readonly generation: string },
) => store.annotate(output, deletedMark);
