import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { asProblem, Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import { stemOf } from '../../engine/catalog.ts';
import type { LocalFile } from '../files.ts';
import { makeOutcome, type Outcome } from '../outputs/outcome.ts';
import type { Report } from '../report/report.ts';

/** A service with direct uploads (docs/uploads.md): no Google credentials are needed. */
export interface Service {
  readonly url: string;
  readonly key?: string | undefined;
}

interface Started {
  readonly uploadUrl: string;
  readonly outputs: readonly { readonly name: string; readonly url: string }[];
  readonly statusUrl: string;
}

interface Status {
  readonly outputs: readonly {
    readonly name: string;
    readonly url: string;
    readonly state: Outcome['state'];
    readonly bytes?: number;
    readonly reason?: string;
  }[];
}

const maxTries = 5;

async function askJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as T;
  const { message = text } = JSON.parse(text.startsWith('{') ? text : '{}') as { readonly message?: string };
  throw new Problem('unprocessable', `${url}: ${message || `status ${answer.status}`}`);
}

const start = (file: LocalFile, metadata: Readonly<Record<string, string>>, { url, key }: Service) =>
  askJson<Started>(`${withoutTrailingSlash(url)}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { 'api-key': key } : {}) },
    body: JSON.stringify({
      name: stemOf(file.object),
      ...metadata,
      bytes: file.bytes,
      type: file.contentType,
    }),
  });

/** The number of bytes that storage has; -1 when it has all. */
async function bytesHeld(url: string, total: number): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-range': `bytes */${total}` } });
  await answer.body?.cancel();
  if (answer.ok) return -1;
  if (answer.status !== 308) throw new Problem('unprocessable', `storage answered ${answer.status}`);
  return Number(/-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? -1) + 1;
}

/** Sends the rest of the file from `from` on. @returns whether storage has all. */
async function sendFrom(url: string, file: LocalFile, from: number, report: Report): Promise<boolean> {
  let sent = from;
  const stream = createReadStream(file.path, { start: from });
  stream.on('data', (chunk) => {
    sent += chunk.length;
    report.upload(file.object, sent, file.bytes);
  });
  const range = from === 0 ? {} : { 'content-range': `bytes ${from}-${file.bytes - 1}/${file.bytes}` };
  const init = { method: 'PUT', body: Readable.toWeb(stream), duplex: 'half' };
  const answer = await fetch(url, {
    ...(init as RequestInit),
    headers: { 'content-length': String(file.bytes - from), ...range },
  });
  await answer.body?.cancel();
  if (answer.ok || answer.status >= 500) return answer.ok;
  throw new Problem('unprocessable', `${file.path}: storage answered ${answer.status}`);
}

/** Sends the file, and goes on where a cut connection has left off. */
async function send(url: string, file: LocalFile, report: Report): Promise<void> {
  for (let tried = 1, from = 0; from >= 0; tried += 1) {
    try {
      if (await sendFrom(url, file, from, report)) return;
    } catch (error) {
      if (error instanceof Problem || tried === maxTries) throw asProblem(error);
    }
    from = await bytesHeld(url, file.bytes);
  }
}

/** Polls until no output is waiting, or the time is up. */
async function follow(url: string, seconds: number): Promise<Status> {
  const lastMs = Date.now() + seconds * 1000;
  for (;;) {
    const wait = Math.max(0, Math.min(30, (lastMs - Date.now()) / 1000));
    const status = await askJson<Status>(`${url}?wait=${wait.toFixed(1)}`);
    if (wait < 30 || status.outputs.every(({ state }) => state !== 'waiting')) return status;
  }
}

export interface DirectPut {
  readonly service: Service;
  readonly metadata: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly report: Report;
}

/** Uploads one file through a service, and waits for its outputs. */
export async function putThrough(file: LocalFile, options: DirectPut): Promise<readonly Outcome[]> {
  const { service, metadata, seconds, report } = options;
  const { uploadUrl, outputs, statusUrl } = await start(file, metadata, service);
  report.expect(outputs.map(({ name }) => name));
  await send(uploadUrl, file, report);
  const status = await follow(statusUrl, seconds);
  return status.outputs.map(({ name, url, state, bytes, reason }) => {
    const late = state === 'waiting' && seconds > 0 ? `still waiting after ${seconds} s` : null;
    const done = state === 'done' ? { url, bytes: bytes ?? null } : {};
    const outcome = makeOutcome(name, state, { ...done, error: reason ?? late });
    report.finish(outcome);
    return outcome;
  });
}
