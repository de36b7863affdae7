import { randomBytes } from 'node:crypto';
import type { ObjectStore } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';

/** What was started: `_uploads/<id>.json` in the records bucket, so that any instance can tell the state. */
export interface UploadRecord {
  readonly source: { readonly bucket: string; readonly name: string };
  /** Names of the outputs. */
  readonly outputs: readonly string[];
  readonly bytes: number;
  readonly type: string;
  /** ISO 8601. */
  readonly started: string;
}

/** 128 bits: the name of an upload is also the permission to see its state. */
export const newUploadId = (): string => randomBytes(16).toString('hex');

const recordName = (id: string): string => `_uploads/${id}.json`;

export async function writeUploadRecord(
  id: string,
  record: UploadRecord,
  { store, bucket }: { readonly store: ObjectStore; readonly bucket: string },
): Promise<void> {
  const data = Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`);
  const file = {
    bucket,
    name: recordName(id),
    data,
    contentType: 'application/json',
    cacheControl: 'no-store',
  };
  await store.write({ ...file, ifGeneration: '0' });
}

/** @throws Problem `not_found`, `storage_unavailable`. */
export async function readUploadRecord(
  id: string,
  { store, bucket }: { readonly store: ObjectStore; readonly bucket: string },
): Promise<UploadRecord> {
  try {
    return JSON.parse(String(await store.read({ bucket, name: recordName(id) }))) as UploadRecord;
  } catch (error) {
    if (!isProblem(error, 'not_found')) throw error;
    throw new Problem('not_found', 'upload: there is no such upload', { cause: error });
  }
}
