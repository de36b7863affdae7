import { attributesOf, type StoredObject } from '../objects/object.ts';
import type { Bucket } from '../objects/records.ts';

const google = 'https://www.googleapis.com';

/** The `storage#object` resource of the JSON API. */
export type ObjectResource = Readonly<Record<string, unknown>>;

/** The resource of an object. In finalize events its links point to Google. */
export function objectResource(object: StoredObject, base = google): ObjectResource {
  const path = `/storage/v1/b/${object.bucket}/o/${encodeURIComponent(object.name)}`;
  return {
    kind: 'storage#object',
    id: `${object.bucket}/${object.name}/${object.generation}`,
    selfLink: `${base}${path}`,
    mediaLink: `${base}/download${path}?generation=${object.generation}&alt=media`,
    name: object.name,
    bucket: object.bucket,
    generation: String(object.generation),
    metageneration: String(object.metageneration),
    ...attributesOf(object),
    size: String(object.size),
    md5Hash: object.md5Hash,
    crc32c: object.crc32c,
    componentCount: object.componentCount,
    etag: jsonEtag(object),
    timeCreated: object.timeCreated,
    updated: object.updated,
    timeStorageClassUpdated: object.timeCreated,
  };
}

/** Opaque to clients; changes with every generation and metageneration. */
export function jsonEtag({ generation, metageneration }: StoredObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64');
}

export function bucketResource(bucket: Bucket, base: string): Readonly<Record<string, unknown>> {
  return {
    location: 'US',
    locationType: 'multi-region',
    storageClass: 'STANDARD',
    ...bucket,
    kind: 'storage#bucket',
    id: bucket.name,
    selfLink: `${base}/storage/v1/b/${bucket.name}`,
    projectNumber: '0',
    metageneration: '1',
    etag: 'CAE=',
    updated: bucket.timeCreated,
  };
}
