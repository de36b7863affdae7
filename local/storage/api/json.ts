import { attributesOf, jsonObject, mergeAttributes, type ObjectPath } from '../objects/object.ts';
import { checkPreconditions, preconditionsIn } from '../objects/preconditions.ts';
import { bodyText, type Call, numberIn, sendJson } from './call.ts';
import { mediaHeaders, sendMedia } from './media.ts';
import { bucketResource, jsonEtag, objectResource } from './resource.ts';

const pathOf = ({ params }: Call): ObjectPath => ({
  bucket: params.bucket ?? '',
  name: params.object ?? '',
});

const sendEmpty = ({ res }: Call) => res.writeHead(204, { 'cache-control': 'no-cache, no-store' }).end();

export async function getObject(call: Call): Promise<void> {
  const { store, query, base, preconditions } = call;
  const find = () => store.catalogue.get(pathOf(call), numberIn(query, 'generation'));
  checkPreconditions(preconditions, find(), true);
  if (query.get('alt') !== 'media') return sendJson(call, 200, objectResource(find(), base));
  await sendMedia(call, find, (object) => ({ ...mediaHeaders(object), etag: jsonEtag(object) }));
}

export function downloadObject(call: Call): Promise<void> {
  call.query.set('alt', 'media');
  return getObject(call);
}

export async function patchObject(call: Call): Promise<void> {
  const body = jsonObject(await bodyText(call.body));
  const object = call.store.patch(pathOf(call), (before) => {
    checkPreconditions(call.preconditions, before);
    return mergeAttributes(call.req.method === 'PUT' ? {} : before, body);
  });
  sendJson(call, 200, objectResource(object, call.base));
}

export async function deleteObject(call: Call): Promise<void> {
  const generation = numberIn(call.query, 'generation');
  call.store.catalogue.get(pathOf(call), generation);
  call.store.remove(pathOf(call), (object) => checkPreconditions(call.preconditions, object));
  sendEmpty(call);
}

export async function listObjects(call: Call): Promise<void> {
  const { store, query, params, base } = call;
  const page = store.catalogue.list(params.bucket ?? '', {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxResults: Math.min(numberIn(query, 'maxResults') || 1000, 1000),
    pageToken: query.get('pageToken') ?? undefined,
    startOffset: query.get('startOffset') ?? undefined,
    endOffset: query.get('endOffset') ?? undefined,
  });
  const { prefixes, nextPageToken } = page;
  sendJson(call, 200, {
    kind: 'storage#objects',
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(page.items.length === 0 ? {} : { items: page.items.map((object) => objectResource(object, base)) }),
  });
}

/** A single call rewrites the whole object. A body replaces the attributes; without one they are copied. */
async function copied(call: Call) {
  const { store, query, params, preconditions } = call;
  const source = store.catalogue.get(pathOf(call), numberIn(query, 'sourceGeneration'));
  checkPreconditions(preconditionsIn(query, 'ifSource'), source);
  const body = jsonObject(await bodyText(call.body));
  const attributes = Object.keys(body).length === 0 ? attributesOf(source) : mergeAttributes({}, body);
  const target = { bucket: params.toBucket ?? '', name: params.toObject ?? '' };
  return store.copy(source, { ...target, attributes, preconditions });
}

export async function rewriteObject(call: Call): Promise<void> {
  const object = await copied(call);
  sendJson(call, 200, {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: String(object.size),
    objectSize: String(object.size),
    done: true,
    resource: objectResource(object, call.base),
  });
}

export async function copyObject(call: Call): Promise<void> {
  sendJson(call, 200, objectResource(await copied(call), call.base));
}

export async function listBuckets(call: Call): Promise<void> {
  const prefix = call.query.get('prefix') ?? '';
  const named = call.store.catalogue.buckets().filter(({ name }) => name.startsWith(prefix));
  const items = named.map((bucket) => bucketResource(bucket, call.base));
  sendJson(call, 200, { kind: 'storage#buckets', items });
}

export async function createBucket(call: Call): Promise<void> {
  const { name, ...settings } = jsonObject(await bodyText(call.body));
  const bucket = call.store.createBucket(String(name ?? ''), settings);
  sendJson(call, 200, bucketResource(bucket, call.base));
}

const bucketOf = ({ store, params }: Call) => store.catalogue.bucket(params.bucket ?? '');

export async function getBucket(call: Call): Promise<void> {
  sendJson(call, 200, bucketResource(bucketOf(call), call.base));
}

export async function deleteBucket(call: Call): Promise<void> {
  call.store.removeBucket(bucketOf(call).name);
  sendEmpty(call);
}

const readers: Readonly<Record<string, string>> = {
  publicRead: 'allUsers',
  authenticatedRead: 'allAuthenticatedUsers',
};

export async function listAcl(call: Call): Promise<void> {
  const { predefinedAcl = '' } = call.store.catalogue.get(pathOf(call));
  const entity = readers[predefinedAcl];
  const items = entity === undefined ? [] : [{ kind: 'storage#objectAccessControl', entity, role: 'READER' }];
  sendJson(call, 200, { kind: 'storage#objectAccessControls', items });
}

/** gcloud requests this and the managed folders before it moves or removes objects. */
export async function storageLayout(call: Call): Promise<void> {
  sendJson(call, 200, {
    kind: 'storage#storageLayout',
    bucket: bucketOf(call).name,
    location: 'US',
    locationType: 'multi-region',
    hierarchicalNamespace: { enabled: false },
  });
}

export async function managedFolders(call: Call): Promise<void> {
  bucketOf(call);
  sendJson(call, 200, { kind: 'storage#managedFolders', items: [] });
}
