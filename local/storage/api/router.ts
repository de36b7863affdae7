import { composeObject } from '../uploads/compose.ts';
import { answerPreflight, type Sessions } from '../uploads/resumable.ts';
import { handleUpload } from '../uploads/upload.ts';
import type { Call } from './call.ts';
import * as json from './json.ts';
import { refusal } from './refusal.ts';
import * as xml from './xml.ts';

type Serve = (call: Call, sessions: Sessions) => Promise<void>;
type Row = readonly [methods: string, path: string, serve: Serve];

/** `:name` is one raw segment, `*name` the rest. The first matching row wins. */
const jsonRows: readonly Row[] = [
  ['GET', '/b', json.listBuckets],
  ['POST', '/b', json.createBucket],
  ['GET', '/b/:bucket', json.getBucket],
  ['DELETE', '/b/:bucket', json.deleteBucket],
  ['GET', '/b/:bucket/storageLayout', json.storageLayout],
  ['GET', '/b/:bucket/managedFolders', json.managedFolders],
  ['GET', '/b/:bucket/o', json.listObjects],
  ['GET', '/b/:bucket/o/:object', json.getObject],
  ['GET', '/b/:bucket/o/:object/acl', json.listAcl],
  ['PATCH PUT', '/b/:bucket/o/:object', json.patchObject],
  ['DELETE', '/b/:bucket/o/:object', json.deleteObject],
  ['POST', '/b/:bucket/o/:object/rewriteTo/b/:toBucket/o/:toObject', json.rewriteObject],
  ['POST', '/b/:bucket/o/:object/compose', composeObject],
  ['POST', '/b/:bucket/o/:object/copyTo/b/:toBucket/o/:toObject', json.copyObject],
];

/** With STORAGE_EMULATOR_HOST the client omits `/storage/v1`; gsutil uploads under `/resumable`. */
const rows: readonly Row[] = [
  ...jsonRows.map(([methods, path, serve]): Row => [methods, `(?:/storage/v1)?${path}`, serve]),
  ['GET', '/download/storage/v1/b/:bucket/o/:object', json.downloadObject],
  ['POST PUT DELETE', '(?:/resumable)?/upload/storage/v1/b/:bucket/o', handleUpload],
  ['OPTIONS', '(?:/resumable)?/upload/storage/v1/b/:bucket/o', answerPreflight],
  ['OPTIONS', '/:bucket/*object', answerPreflight],
  ['GET HEAD', '/:bucket/*object', xml.getPublic],
  ['PUT', '/:bucket/*object', xml.putPublic],
  ['POST', '/:bucket/*object', xml.startPublic],
  ['DELETE', '/:bucket/*object', xml.deletePublic],
];

const compiled = rows.map(([methods, path, serve]) => {
  const pattern = path.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*(\w+)/g, '(?<$1>.+)');
  return { methods: methods.split(' '), pattern: new RegExp(`^${pattern}$`), serve };
});

/** Finds the handler. Unknown routes are 404, not 501: gcloud retries a 501 for half a minute. */
export function route(method: string, path: string): { serve: Serve; params: Record<string, string> } {
  for (const { methods, pattern, serve } of compiled) {
    const match = methods.includes(method) ? pattern.exec(path) : null;
    if (match) return { serve, params: decoded(match.groups ?? {}) };
  }
  throw refusal(404, `Not Found: ${method} ${path}`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, raw]) => [name, decodeURIComponent(raw)]));
  } catch (cause) {
    throw Object.assign(refusal(400, 'the path is not percent-encoded UTF-8'), { cause });
  }
}
