import { status as codes } from '@grpc/grpc-js';
import { type Agent, request } from 'undici';
import { shortName } from './names.ts';
import type { QueuedTask } from './task.ts';

/** The outcome of one attempt: an HTTP status, or the reason why there is none. */
export type AttemptOutcome = {
  readonly httpStatus?: number;
  readonly reason?: 'DEADLINE_EXCEEDED' | 'UNAVAILABLE';
  readonly message: string;
  readonly retryAfterMs: number;
};

export type Sender = {
  readonly agent: Agent;
  readonly token: (oidc: NonNullable<QueuedTask['oidc']>) => Promise<string> | string;
};

const statusNames: Record<number, keyof typeof codes> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Headers that a task may not set: as at Google, the queue sets them. */
const reserved =
  /^(host|content-length|transfer-encoding|connection|x-cloudtasks-.*|x-google-.*|x-appengine-.*)$/i;

/** Sends the task once. Never throws: an unreachable target is an outcome too. */
export async function sendTask(task: QueuedTask, sender: Sender): Promise<AttemptOutcome> {
  try {
    const headers = { ...requestHeaders(task), ...(await authorization(task, sender)) };
    const answer = await request(task.url, {
      dispatcher: sender.agent,
      method: task.method as 'POST',
      headers,
      body: hasBody(task) ? Buffer.from(task.body) : null,
      headersTimeout: task.deadlineMs,
      bodyTimeout: task.deadlineMs,
    });
    await answer.body.dump();
    return answered(answer.statusCode, answer.headers['retry-after']);
  } catch (cause) {
    const { message, code } = cause as Error & { code?: string };
    const reason = /_(HEADERS|BODY)_TIMEOUT$/.test(code ?? '') ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE';
    return { reason, message: `${reason}(${codes[reason]}): ${message}`, retryAfterMs: 0 };
  }
}

export function isDone({ httpStatus = 0 }: AttemptOutcome): boolean {
  return httpStatus >= 200 && httpStatus < 300;
}

/** The outcome as a google.rpc.Status. */
export function rpcStatus(outcome: AttemptOutcome): { code: number; message: string } {
  if (isDone(outcome)) return { code: codes.OK, message: outcome.message };
  const name = outcome.reason ?? statusNames[outcome.httpStatus ?? 0] ?? 'UNKNOWN';
  return { code: codes[name], message: outcome.message };
}

function answered(httpStatus: number, retryAfter: unknown): AttemptOutcome {
  const name = statusNames[httpStatus] ?? 'UNKNOWN';
  const message = isDone({ httpStatus, message: '', retryAfterMs: 0 })
    ? 'OK'
    : `${name}(${codes[name]}): HTTP status code ${httpStatus}`;
  return { httpStatus, message, retryAfterMs: readRetryAfter(retryAfter) };
}

/** Seconds or an HTTP date. */
function readRetryAfter(header: unknown): number {
  if (typeof header !== 'string') return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function hasBody(task: QueuedTask): boolean {
  return task.method !== 'GET' && task.method !== 'HEAD';
}

async function authorization(task: QueuedTask, sender: Sender): Promise<Record<string, string>> {
  return task.oidc ? { authorization: `Bearer ${await sender.token(task.oidc)}` } : {};
}

function requestHeaders(task: QueuedTask): Record<string, string> {
  const { history } = task;
  const own = Object.entries(task.headers).filter(([name]) => !reserved.test(name));
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const previous = history.previousResponse;
  return {
    ...(hasBody(task) && !given.has('content-type') && { 'content-type': 'application/octet-stream' }),
    ...(!given.has('user-agent') && { 'user-agent': 'Google-Cloud-Tasks' }),
    ...Object.fromEntries(own),
    'X-CloudTasks-QueueName': shortName(task.queue),
    'X-CloudTasks-TaskName': shortName(task.name),
    'X-CloudTasks-TaskRetryCount': String(history.dispatches),
    'X-CloudTasks-TaskExecutionCount': String(history.executions),
    'X-CloudTasks-TaskETA': (task.dueMs / 1000).toFixed(6),
    ...(previous !== undefined && { 'X-CloudTasks-TaskPreviousResponse': String(previous) }),
    ...(history.retryReason && { 'X-CloudTasks-TaskRetryReason': history.retryReason }),
  };
}
