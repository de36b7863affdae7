import fresh from 'fresh';
import type { Attributes, StoredObject } from '../objects/object.ts';
import { checkPreconditions, type Preconditions } from '../objects/preconditions.ts';
import { answerSession, type Sessions } from '../uploads/resumable.ts';
import type { Call } from './call.ts';
import { mediaHeaders, sendMedia } from './media.ts';
import { refusal } from './refusal.ts';
import { jsonEtag } from './resource.ts';

/** Serves objects by their public path, `/BUCKET/OBJECT`, and by V4 signed URLs, which have the same path. */
export async function getPublic(call: Call): Promise<void> {
  checkExpiry(call);
  const find = () => call.store.catalogue.get(pathOf(call), generationIn(call));
  const object = find();
  if (isUnchanged(call, object)) {
    const { etag, 'cache-control': cacheControl } = publicHeaders(object);
    call.res.writeHead(304, {
      ...(etag && { etag }),
      ...(cacheControl && { 'cache-control': cacheControl }),
    });
    return void call.res.end();
  }
  await sendMedia(call, find, publicHeaders);
}

/** Public objects without a cache header are cacheable for an hour. */
function publicHeaders(object: StoredObject): Record<string, string> {
  const custom = Object.entries(object.metadata ?? {}).map(([name, value]) => [`x-goog-meta-${name}`, value]);
  return {
    'cache-control': 'public, max-age=3600',
    ...mediaHeaders(object),
    ...Object.fromEntries(custom.filter(([, value]) => /^[\t\x20-\x7e]*$/.test(value ?? ''))),
    etag: `"${object.md5Hash ? Buffer.from(object.md5Hash, 'base64').toString('hex') : jsonEtag(object)}"`,
  };
}

function isUnchanged({ req }: Call, object: StoredObject): boolean {
  const { etag = '' } = publicHeaders(object);
  const tags = req.headers['if-none-match'];
  if (tags !== undefined) return fresh({ 'if-none-match': tags }, { etag });
  const since = Date.parse(req.headers['if-modified-since'] ?? '');
  return Math.floor(Date.parse(object.updated) / 1000) * 1000 <= since;
}

export async function putPublic(call: Call, sessions: Sessions): Promise<void> {
  checkExpiry(call);
  if (call.query.has('upload_id')) return answerSession(call, sessions);
  call.store.catalogue.bucket(pathOf(call).bucket);
  const staged = await call.store.stage(call.req);
  const md5Hash = call.req.headers['content-md5'];
  const object = await call.store.write({
    ...pathOf(call),
    staged,
    attributes: attributesIn(call),
    preconditions: preconditionsIn(call),
    expected: typeof md5Hash === 'string' ? { md5Hash } : {},
  });
  const { etag = '', 'x-goog-hash': hash = '' } = publicHeaders(object);
  const generation = String(object.generation);
  call.res
    .writeHead(200, { etag, 'x-goog-generation': generation, 'x-goog-hash': hash, 'content-length': 0 })
    .end();
}

/** A signed URL may also open a resumable upload. */
export async function startPublic(call: Call, sessions: Sessions): Promise<void> {
  checkExpiry(call);
  if (call.req.headers['x-goog-resumable'] !== 'start') throw refusal(404, 'Not Found');
  const preconditions = preconditionsIn(call);
  call.store.catalogue.bucket(pathOf(call).bucket);
  const target = { ...pathOf(call), attributes: attributesIn(call), preconditions };
  const id = await sessions.start({ target, origin: call.req.headers.origin });
  const location = `${call.base}${call.path}?upload_id=${id}`;
  call.res.writeHead(201, { location, 'content-length': 0 }).end();
}

export async function deletePublic(call: Call): Promise<void> {
  checkExpiry(call);
  call.store.remove(pathOf(call), (object) => checkPreconditions(preconditionsIn(call), object));
  call.res.writeHead(204).end();
}

const pathOf = ({ params }: Call) => ({ bucket: params.bucket ?? '', name: params.object ?? '' });

function generationIn({ query }: Call): number | undefined {
  const text = query.get('generation');
  return text === null ? undefined : Number(text);
}

const attributeHeaders = {
  contentType: 'content-type',
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
} as const;

function attributesIn({ req }: Call): Attributes {
  const text = (header: string) => [req.headers[header]].flat().join(', ');
  const named = Object.entries(attributeHeaders).filter(([, header]) => req.headers[header] !== undefined);
  const meta = Object.keys(req.headers).filter((header) => header.startsWith('x-goog-meta-'));
  const metadata = Object.fromEntries(
    meta.map((header) => [header.slice('x-goog-meta-'.length), text(header)]),
  );
  return { ...Object.fromEntries(named.map(([name, header]) => [name, text(header)])), metadata };
}

function preconditionsIn({ req }: Call): Preconditions {
  const generation = req.headers['x-goog-if-generation-match'];
  const metageneration = req.headers['x-goog-if-metageneration-match'];
  return {
    ...(generation === undefined ? {} : { ifGenerationMatch: Number(generation) }),
    ...(metageneration === undefined ? {} : { ifMetagenerationMatch: Number(metageneration) }),
  };
}

/** Signatures are not verified here; only their lifetime is checked. */
function checkExpiry({ query }: Call): void {
  const [, year, month, day, ...time] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Goog-Date') ?? '') ?? [];
  if (year === undefined) return;
  const signed = Date.parse(`${year}-${month}-${day}T${time.join(':')}Z`);
  const expires = signed + Number(query.get('X-Goog-Expires')) * 1000;
  if (Date.now() > expires) throw refusal(400, 'ExpiredToken: the signed URL has expired');
}
