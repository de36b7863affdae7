import { Readable } from 'node:stream';
import type { Storage } from '@google-cloud/storage';
import { type CallOptions, call, uploadUrl } from './api.ts';
import type { UploadStart } from './objects.ts';

/**
 * Starts a resumable upload. The precondition holds until the last byte: another object of this name, even one that is
 * written meanwhile, is never replaced.
 */
export async function startUpload(
  client: Storage,
  start: UploadStart,
  options: CallOptions,
): Promise<string> {
  const { bucket, name, contentType, bytes, metadata, origin } = start;
  const url = uploadUrl(client, bucket, { uploadType: 'resumable', name, ifGenerationMatch: '0' });
  const headers = {
    'content-type': 'application/json',
    'x-upload-content-type': contentType,
    'x-upload-content-length': String(bytes),
    ...(origin === undefined ? {} : { origin }),
  };
  const body = Readable.from([Buffer.from(JSON.stringify({ contentType, metadata }))]);
  const answer = await call(client, { method: 'POST', url, headers, body }, options);
  await answer.body.dump();
  const { location } = answer.headers;
  if (typeof location === 'string') return location;
  throw new Error('storage answered without the URL of the upload');
}
