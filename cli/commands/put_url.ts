import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem, Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import { stemOf } from '../../engine/catalog.ts';
import { fileProblem, type LocalFile } from '../files.ts';
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

/** Attempts in a row that bring nothing. */
const maxTries = 5;
const pauseAfter = (failures: number): Promise<void> => sleep(50 * 2 ** failures);

/** Statuses of failures that may pass by themselves. */
const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** @throws Problem `too_busy` when the same request may succeed later, `unprocessable`. */
async function askJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init).catch((cause: unknown) => {
    throw new Problem('too_busy', `${url}: expected an answer, got none`, { cause });
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as T;
  const { message = text } = JSON.parse(text.startsWith('{') ? text : '{}') as { readonly message?: string };
  const code = mayPass(answer.status) ? 'too_busy' : 'unprocessable';
  throw new Problem(code, `${url}: ${message || `status ${answer.status}`}`);
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

/** The number of bytes that storage has; `bytes` when it has all, undefined when it does not answer. */
async function bytesHeld(url: string, { path, bytes }: LocalFile): Promise<number | undefined> {
  const headers = { 'content-range': `bytes */${bytes}` };
  const answer = await fetch(url, { method: 'PUT', headers }).catch(() => undefined);
  await answer?.body?.cancel();
  if (answer === undefined || mayPass(answer.status)) return undefined;
  if (answer.ok) return bytes;
  if (answer.status !== 308) throw new Problem('unprocessable', `${path}: storage answered ${answer.status}`);
  return Number(/-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? -1) + 1;
}

/** The file from `from` on, as a body of a request. */
function openFrom(file: LocalFile, from: number, report: Report) {
  let sent = from;
  let fault: unknown;
  const stream = createReadStream(file.path, { start: from });
  stream.on('data', (chunk) => {
    sent += chunk.length;
    report.upload(file.object, sent, file.bytes);
  });
  stream.on('error', (error) => {
    fault = error;
  });
  return {
    body: Readable.toWeb(stream),
    /** @throws Problem when the file could not be read. */
    close(): void {
      stream.destroy();
      if (fault !== undefined) throw fileProblem(file.path, fault);
    },
  };
}

/** Sends the rest of the file from `from` on. @returns whether storage has all; false also after a cut. */
async function sendFrom(url: string, file: LocalFile, from: number, report: Report): Promise<boolean> {
  const { body, close } = openFrom(file, from, report);
  const range = from === 0 ? {} : { 'content-range': `bytes ${from}-${file.bytes - 1}/${file.bytes}` };
  const answer = await fetch(url, {
    ...({ method: 'PUT', body, duplex: 'half' } as RequestInit),
    headers: { 'content-length': String(file.bytes - from), ...range },
  }).catch(() => undefined);
  close();
  await answer?.body?.cancel();
  if (answer === undefined || answer.status === 308 || mayPass(answer.status)) return false;
  if (answer.ok) return true;
  throw new Problem('unprocessable', `${file.path}: storage answered ${answer.status}`);
}

/** Sends the file. After a cut or a fault of storage it asks what has arrived, and goes on there. */
async function send(url: string, file: LocalFile, report: Report): Promise<void> {
  let most = 0;
  let from: number | undefined = 0;
  for (let failures = 0; failures < maxTries; failures += 1) {
    if (from !== undefined && (await sendFrom(url, file, from, report))) return;
    await pauseAfter(failures);
    from = await bytesHeld(url, file);
    if (from === file.bytes) return;
    if (from === undefined || from <= most) continue;
    most = from;
    failures = 0;
  }
  throw new Problem('storage_unavailable', `${file.path}: storage does not take it; try again later`);
}

/** Polls until no output is waiting, or the time is up. */
async function follow(url: string, seconds: number): Promise<Status> {
  const lastMs = Date.now() + seconds * 1000;
  for (let failures = 0; ; ) {
    const wait = Math.max(0, Math.min(30, (lastMs - Date.now()) / 1000));
    try {
      const status = await askJson<Status>(`${url}?wait=${wait.toFixed(1)}`);
      if (wait < 30 || status.outputs.every(({ state }) => state !== 'waiting')) return status;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!isProblem(error, 'too_busy') || failures >= maxTries) throw error;
      await pauseAfter(failures);
    }
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
