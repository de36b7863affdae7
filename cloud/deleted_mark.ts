import type { ObjectFacts } from './objects.ts';

/** Written into an output before its source is deleted: the output is all that is left of that picture. */
export const deletedMark = { 'source-deleted': 'true' } as const;

/** Whether the output's source was deleted because its outputs are there. */
export const isMarked = ({ metadata }: ObjectFacts): boolean =>
  metadata['source-deleted'] === deletedMark['source-deleted'];
