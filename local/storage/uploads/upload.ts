import { bodyText, type Call, sendJson } from '../api/call.ts';
import { refusal } from '../api/refusal.ts';
import { objectResource } from '../api/resource.ts';
import { type Attributes, jsonObject, mergeAttributes } from '../objects/object.ts';
import { checkPreconditions } from '../objects/preconditions.ts';
import type { Staged } from '../objects/staging.ts';
import { readRelated } from './multipart.ts';
import { answerSession, type Sessions } from './resumable.ts';

/** Handles POST and PUT of the upload paths; `uploadType` selects one of three kinds of upload. */
export async function handleUpload(call: Call, sessions: Sessions): Promise<void> {
  if (call.query.has('upload_id')) return answerSession(call, sessions);
  const type = call.query.get('uploadType') ?? 'media';
  const kind = kinds[type];
  if (kind === undefined) throw refusal(400, `Invalid uploadType: '${type}'`);
  call.store.catalogue.bucket(call.params.bucket ?? '');
  return kind(call, sessions);
}

type Kind = (call: Call, sessions: Sessions) => Promise<void>;
const kinds: Readonly<Record<string, Kind>> = { media, multipart, resumable };

async function media(call: Call): Promise<void> {
  const staged = await call.store.stage(call.body);
  const contentType = call.req.headers['content-type'];
  const contentEncoding = call.query.get('contentEncoding');
  await commit(call, staged, {
    ...(contentType === undefined ? {} : { contentType }),
    ...(contentEncoding ? { contentEncoding } : {}),
  });
}

async function multipart(call: Call): Promise<void> {
  const { json, contentType, content } = await readRelated(call.req.headers['content-type'] ?? '', call.body);
  const body = jsonObject(json);
  const staged = await call.store.stage(content);
  await commit(call, staged, contentType === undefined ? body : { contentType, ...body });
}

async function resumable(call: Call, sessions: Sessions): Promise<void> {
  const { store, req, body: sent, preconditions } = call;
  const header = req.headers['x-upload-content-type'];
  const body = jsonObject(await bodyText(sent));
  const target = targetOf(call, typeof header === 'string' ? { contentType: header, ...body } : body);
  checkPreconditions(preconditions, store.catalogue.find(target));
  const total = numberHeader(req.headers['x-upload-content-length']);
  const { origin } = req.headers;
  const id = await sessions.start({ target: { ...target, preconditions }, origin, total });
  const name = encodeURIComponent(target.name);
  const location = `${call.base}${call.path}?uploadType=resumable&name=${name}&upload_id=${id}`;
  call.res.writeHead(200, { location, 'x-guploader-uploadid': id, 'content-length': 0 }).end();
}

async function commit(call: Call, staged: Staged, body: Readonly<Record<string, unknown>>): Promise<void> {
  const { store, preconditions, base } = call;
  const object = await store.write({ ...targetOf(call, body), staged, preconditions });
  sendJson(call, 200, objectResource(object, base));
}

const numberHeader = (text: unknown): number | undefined =>
  /^\d{1,15}$/.test(String(text)) ? Number(text) : undefined;

type Target = {
  readonly bucket: string;
  readonly name: string;
  readonly attributes: Attributes;
  readonly predefinedAcl?: string;
  readonly expected: Partial<Staged>;
};

/** The name is in the query (client libraries) or in the metadata (gsutil, gcloud). */
function targetOf({ params, query }: Call, body: Readonly<Record<string, unknown>>): Target {
  const name = query.get('name') ?? body.name;
  if (typeof name !== 'string' || name === '') throw refusal(400, 'Required: object name');
  const expected = Object.fromEntries(
    (['md5Hash', 'crc32c'] as const).flatMap((sum) =>
      typeof body[sum] === 'string' ? [[sum, body[sum]]] : [],
    ),
  );
  const predefinedAcl = query.get('predefinedAcl');
  return {
    bucket: params.bucket ?? '',
    name,
    attributes: mergeAttributes({}, body),
    expected,
    ...(predefinedAcl === null ? {} : { predefinedAcl }),
  };
}
