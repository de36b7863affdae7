import { randomInt } from 'node:crypto';
import { splitTaskName } from './names.ts';
import { rpcError } from './refusal.ts';
import { fromMs, toMs } from './time.ts';
import type { WireRequest, WireTask } from './wire.ts';

/** A task in the queue: its request, its due time and its attempts so far. */
export type QueuedTask = {
  readonly name: string;
  readonly queue: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly oidc?: { readonly email: string; readonly audience: string } | undefined;
  readonly deadlineMs: number;
  readonly createdMs: number;
  readonly dueMs: number;
  readonly history: History;
};

/** `executions` counts responses other than 5xx, as X-CloudTasks-TaskExecutionCount does. */
export type History = {
  readonly dispatches: number;
  readonly responses: number;
  readonly executions: number;
  readonly previousResponse?: number | undefined;
  readonly retryReason?: string | undefined;
  readonly first?: AttemptRecord | undefined;
  readonly last?: AttemptRecord | undefined;
};

export type AttemptRecord = {
  readonly scheduledMs: number;
  readonly dispatchedMs: number;
  readonly respondedMs?: number | undefined;
  readonly status?: { readonly code: number; readonly message: string } | undefined;
};

const newHistory: History = { dispatches: 0, responses: 0, executions: 0 };
const maxBodyBytes = 1024 * 1024;
const deadline = { minMs: 15_000, maxMs: 1_800_000, defaultMs: 600_000 };
const maxAheadMs = 30 * 24 * 3_600_000;

/** Reads the task of a request. @throws INVALID_ARGUMENT with Google's message. */
export function readTask(wire: WireTask, queue: string, nowMs: number): QueuedTask {
  const request = readRequest(wire);
  return {
    name: readName(wire.name, queue),
    queue,
    ...request,
    deadlineMs: readDeadline(wire),
    createdMs: nowMs,
    dueMs: readDue(wire, nowMs),
    history: newHistory,
  };
}

/** @param view FULL includes the body. */
export function taskToWire(task: QueuedTask, view: unknown = 'BASIC') {
  const { history } = task;
  return {
    name: task.name,
    httpRequest: requestToWire(task, view === 'FULL'),
    scheduleTime: fromMs(task.dueMs),
    createTime: fromMs(task.createdMs),
    dispatchDeadline: fromMs(task.deadlineMs),
    dispatchCount: history.dispatches,
    responseCount: history.responses,
    ...(history.first && { firstAttempt: { dispatchTime: fromMs(history.first.dispatchedMs) } }),
    ...(history.last && { lastAttempt: attemptToWire(history.last) }),
    view: view === 'FULL' ? 'FULL' : 'BASIC',
  };
}

function requestToWire(task: QueuedTask, isFull: boolean) {
  const request = { url: task.url, httpMethod: task.method, headers: { ...task.headers } };
  const token = task.oidc && {
    oidcToken: { serviceAccountEmail: task.oidc.email, audience: task.oidc.audience },
  };
  return { ...request, ...token, ...(isFull && { body: task.body }) };
}

function attemptToWire(attempt: AttemptRecord) {
  return {
    scheduleTime: fromMs(attempt.scheduledMs),
    dispatchTime: fromMs(attempt.dispatchedMs),
    ...(attempt.respondedMs !== undefined && { responseTime: fromMs(attempt.respondedMs) }),
    ...(attempt.status && { responseStatus: attempt.status }),
  };
}

function readName(name: WireTask['name'], queue: string): string {
  if (!name) return `${queue}/tasks/${randomInt(2 ** 47)}${randomInt(1e5)}`;
  const split = splitTaskName(name);
  if (split.queue === queue) return name;
  throw rpcError('INVALID_ARGUMENT', 'The queue name from request ("parent") must match the task name.');
}

function readRequest(wire: WireTask): Pick<QueuedTask, 'url' | 'method' | 'headers' | 'body' | 'oidc'> {
  const request = wire.httpRequest;
  if (!request)
    throw rpcError('INVALID_ARGUMENT', 'Task.httpRequest must be set: only HTTP tasks are imitated.');
  const url = readUrl(request.url);
  const body = Buffer.from((request.body ?? '') as Uint8Array);
  if (body.length > maxBodyBytes) throw rpcError('INVALID_ARGUMENT', 'Task size too large');
  const method = String(request.httpMethod || 'POST');
  return {
    url,
    body,
    method: method === 'HTTP_METHOD_UNSPECIFIED' ? 'POST' : method,
    ...readExtras(request, url),
  };
}

function readExtras(request: WireRequest, url: string): Pick<QueuedTask, 'headers' | 'oidc'> {
  if (request.oauthToken) throw rpcError('UNIMPLEMENTED', 'Only OIDC tokens are imitated.');
  const headers = { ...request.headers };
  if (!request.oidcToken) return { headers };
  const { serviceAccountEmail: email, audience } = request.oidcToken;
  if (!email) throw rpcError('INVALID_ARGUMENT', 'HttpRequest.oidcToken.serviceAccountEmail must be set.');
  return { headers, oidc: { email, audience: audience || url } };
}

function readUrl(url: WireRequest['url']): string {
  const parsed = URL.parse(url ?? '');
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return url as string;
  throw rpcError('INVALID_ARGUMENT', 'HttpRequest.url must start with "http://" or "https://".');
}

function readDeadline(wire: WireTask): number {
  const ms = wire.dispatchDeadline ? toMs(wire.dispatchDeadline) : deadline.defaultMs;
  if (ms >= deadline.minMs && ms <= deadline.maxMs) return ms;
  throw rpcError('INVALID_ARGUMENT', 'Task.dispatchDeadline must be between [15s, 30m].');
}

/** A time in the past means now, as at Google. */
function readDue(wire: WireTask, nowMs: number): number {
  const due = wire.scheduleTime ? toMs(wire.scheduleTime) : nowMs;
  if (due - nowMs <= maxAheadMs) return Math.max(due, nowMs);
  throw rpcError('INVALID_ARGUMENT', 'Task.scheduleTime must be within 30 days from now.');
}
