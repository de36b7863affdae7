import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Call, sendJson } from '../api/call.ts';
import { refusal } from '../api/refusal.ts';
import { objectResource } from '../api/resource.ts';
import { removeFile } from '../objects/disk.ts';
import { createLocks } from '../objects/locks.ts';
import type { StoredObject } from '../objects/object.ts';
import { fingerprint } from '../objects/staging.ts';
import type { DiskStore, StoreWrite } from '../objects/store.ts';

type Target = Omit<StoreWrite, 'staged'>;
type Session = Opening & { readonly file: string; size: number; isRefused: boolean; done?: StoredObject };

/** What a session is opened with. */
export type Opening = {
  readonly target: Target;
  /** The Origin of the request that opened it: browsers may send the bytes from there. */
  readonly origin?: string | undefined;
  /** The announced size; no other is taken. */
  readonly total?: number | undefined;
};

/** Open resumable uploads. Their bytes are in the store's staging folder, which a restart clears. */
export type Sessions = ReturnType<typeof createSessions>;

/** Interrupted uploads keep whole units of this size, as Cloud Storage does. */
const unit = 256 * 1024;

export function createSessions(store: DiskStore) {
  const sessions = new Map<string, Session>();
  return {
    inTurn: createLocks(),

    async start(opening: Opening): Promise<string> {
      const id = randomUUID();
      const file = store.newFile();
      await writeFile(file, '');
      sessions.set(id, { ...opening, file, size: 0, isRefused: false });
      return id;
    },

    get(id: string): Session {
      const session = sessions.get(id);
      if (session) return session;
      throw refusal(404, 'No such upload session');
    },

    async cancel(id: string): Promise<void> {
      const session = this.get(id);
      sessions.delete(id);
      removeFile(session.file);
    },
  };
}

type Range = { readonly start?: number; readonly end?: number; readonly total?: number };

/** Reads `bytes 0-262143/*`, `bytes 0-*`+`/*` and the status query `bytes *`+`/*`. */
function contentRange(header: string | undefined): Range {
  if (header === undefined) return { start: 0 };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (!match) throw refusal(400, `Invalid Content-Range: '${header}'`);
  const [start, end, total] = match
    .slice(1)
    .map((part) => (/^\d+$/.test(part ?? '') ? Number(part) : undefined));
  return {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(total === undefined ? {} : { total }),
  };
}

const exposed = 'Content-Length, Content-Type, Range, X-GUploader-UploadID';

/** Whatever the origin of this request, the answer names the one that opened the session, as Cloud Storage's does. */
function allowOrigin({ req, res }: Call, { origin }: Session): void {
  if (origin === undefined || req.headers.origin === undefined) return;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', exposed);
  res.setHeader('vary', 'Origin');
}

/** A browser's question before it sends bytes to a session. */
export async function answerPreflight(call: Call, sessions: Sessions): Promise<void> {
  const { req, res } = call;
  allowOrigin(call, sessions.get(call.query.get('upload_id') ?? ''));
  const headers = String(req.headers['access-control-request-headers'] ?? '');
  res.setHeader('access-control-allow-methods', 'PUT, DELETE');
  if (headers !== '') res.setHeader('access-control-allow-headers', headers);
  res.writeHead(200, { 'access-control-max-age': '3600', 'content-length': 0 }).end();
}

/** Handles a PUT to an upload session: a chunk, the whole object, or a status query. */
export async function answerSession(call: Call, sessions: Sessions): Promise<void> {
  const id = call.query.get('upload_id') ?? '';
  allowOrigin(call, sessions.get(id));
  if (call.req.method === 'DELETE') {
    await sessions.cancel(id);
    throw refusal(499, 'The upload was cancelled');
  }
  const range = contentRange(call.req.headers['content-range']);
  const session = sessions.get(id);
  const object = await sessions
    .inTurn(id, () => advance(call, session, range))
    .catch(async (error) => {
      // The object was refused with all its bytes: a checksum or a precondition does not hold.
      if (session.isRefused) await sessions.cancel(id);
      throw error;
    });
  if (object) sendJson(call, 200, objectResource(object, call.base));
  else askForMore(call, session);
}

/** The object, once all its bytes have arrived; a finished upload gives the same response again. */
async function advance({ req, body, store }: Call, session: Session, range: Range) {
  if (session.done) return session.done;
  checkTotal(session, range.total);
  checkBody(session, range, req.headers['content-length']);
  if (range.start !== undefined) await append(body, session, range.start);
  const isWhole = range.total === undefined ? isOpenEnded(range) : session.size === range.total;
  if (!isWhole) {
    checkTotal(session, Math.max(session.size, session.total ?? 0));
    return undefined;
  }
  checkTotal(session, session.size);
  const staged = await fingerprint(session.file);
  const expected = { ...session.target.expected, ...statedSums(req.headers['x-goog-hash']) };
  session.isRefused = true;
  session.done = await store.write({ ...session.target, expected, staged });
  session.isRefused = false;
  return session.done;
}

/** Refuses a size other than the one that X-Upload-Content-Length announced. */
function checkTotal({ total }: Session, size: number | undefined): void {
  if (total === undefined || size === undefined || size === total) return;
  throw refusal(400, `Expected ${total} bytes as announced, got ${size}`);
}

/** Refuses a body of another size than the header says, one beyond the announced size, and a small one that is not the last. */
function checkBody({ total }: Session, { start, end, total: stated = total }: Range, header = ''): void {
  if (start === undefined || header === '') return;
  const bytes = Number(header);
  const wanted = end === undefined ? bytes : end - start + 1;
  if (bytes !== wanted) throw refusal(400, `Expected ${wanted} bytes as Content-Range says, got ${bytes}`);
  if (total !== undefined && start + bytes > total)
    throw refusal(400, `Expected ${total} bytes as announced, got ${start + bytes}`);
  if (end !== undefined && end + 1 !== stated && bytes < unit)
    throw refusal(400, `Expected at least ${unit} bytes except in the last request, got ${bytes}`);
}

/** The checksums that the last request states: `crc32c=..,md5=..`. */
function statedSums(header: string | readonly string[] | undefined) {
  const sums = new Map(
    String(header ?? '')
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...rest] = part.trim().split('=');
        return [name, rest.join('=')];
      }),
  );
  const [md5Hash, crc32c] = [sums.get('md5'), sums.get('crc32c')];
  return { ...(md5Hash ? { md5Hash } : {}), ...(crc32c ? { crc32c } : {}) };
}

/** `bytes 0-*`+`/*`, or no header: the end of the body is the end of the object. */
const isOpenEnded = (range: Range) => range.start !== undefined && range.end === undefined;

async function append(body: Readable, session: Session, start: number): Promise<void> {
  if (start > session.size) return drain(body);
  try {
    await pipeline(
      body,
      skip(session.size - start),
      createWriteStream(session.file, { flags: 'r+', start: session.size }),
    );
    session.size = (await stat(session.file)).size;
  } catch (error) {
    const { size } = await stat(session.file);
    session.size = Math.max(session.size, size - (size % unit));
    await truncate(session.file, session.size);
    throw error;
  }
}

/** Drops the bytes that the client sends again. */
function skip(count: number) {
  return async function* (source: AsyncIterable<Buffer>) {
    let left = count;
    for await (const chunk of source) {
      if (chunk.length > left) yield chunk.subarray(left);
      left = Math.max(0, left - chunk.length);
    }
  };
}

async function drain(source: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of source);
}

function askForMore({ res }: Call, session: Session): void {
  const held = session.size === 0 ? {} : { range: `bytes=0-${session.size - 1}` };
  res.writeHead(308, { ...held, 'content-length': 0 }).end();
}
