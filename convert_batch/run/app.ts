import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type SpanContext, SpanKind } from '@opentelemetry/api';
import type { VerifyCaller } from '../../cloud/identity.ts';
import type { LogFields } from '../../common/log/log.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import { collect } from '../../common/streams/collect.ts';
import { contextOf, parseTraceparent } from '../../common/telemetry/propagation.ts';
import { currentSpanContext, inSpan } from '../../common/telemetry/spans.ts';
import { parseTraceHeaders, traceFields } from '../../common/trace.ts';
import { type Job, parseJob } from '../job.ts';
import { answerRefusal, type QueueAnswer, readRetries } from './retry.ts';
import { type AttemptOptions, runAttempt } from './task_attempt.ts';

export interface AppOptions extends AttemptOptions {
  readonly verify: VerifyCaller;
}

/** Larger than any task. */
const maxBodyBytes = 2 * 1024 * 1024;

function send(res: ServerResponse, { status, text, headers = {} }: QueueAnswer): void {
  if (res.destroyed) return;
  const own = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  res.writeHead(status, { ...own, ...headers }).end(text);
}

async function readBody(req: IncomingMessage): Promise<string> {
  const tooLarge = (): Problem => new Problem('too_large', `body: expected at most ${maxBodyBytes} bytes`);
  return String(await collect(req, { maxBytes: maxBodyBytes, tooLarge }));
}

const header = (req: IncomingMessage, name: string): string => String(req.headers[name] ?? '');
const isTask = (req: IncomingMessage): boolean => header(req, 'x-cloudtasks-taskname') !== '';

/** The body names the parent span, because front ends put spans of their own into the headers. */
const parentOf = (req: IncomingMessage, job?: Job): SpanContext | undefined =>
  parseTraceparent(job?.traceparent) ?? parseTraceHeaders(req.headers);

function logFieldsOf(req: IncomingMessage, job: Job | undefined, project: string): LogFields {
  const trace = currentSpanContext() ?? parentOf(req, job);
  const task = header(req, 'x-cloudtasks-taskname');
  return { ...(task ? { task } : {}), ...traceFields(trace, project) };
}

/** @throws Problem `not_found`, `method_not_allowed`. */
function checkRoute({ url = '/', method }: IncomingMessage): void {
  const [path] = url.split('?');
  if (path !== '/convert') throw new Problem('not_found', 'path: expected /convert');
  if (method !== 'POST') throw new Problem('method_not_allowed', `method: expected POST, got ${method}`);
}

async function handleTask(req: IncomingMessage, options: AppOptions): Promise<QueueAnswer> {
  checkRoute(req);
  await options.verify(req.headers.authorization);
  const job = parseJob(await readBody(req));
  const retries = readRetries(req.headers);
  const { bucket, source, generation } = job;
  const attributes = { bucket, name: source, generation, attempt: retries + 1 };
  const span = { kind: SpanKind.CONSUMER, parent: contextOf(parentOf(req, job)), attributes };
  return await inSpan('task', span, () => {
    const logFields = logFieldsOf(req, job, options.config.PROJECT_ID);
    return runAttempt({ job, retries, logFields }, options);
  });
}

function refuse(req: IncomingMessage, error: unknown, { log, config }: AppOptions): QueueAnswer {
  const problem = asProblem(error);
  const { code, status, message } = problem;
  const fields = { ...logFieldsOf(req, undefined, config.PROJECT_ID), event: 'refused', code, error };
  const write = status === 401 || status === 403 ? log.warn : log.error;
  write(fields, message);
  return answerRefusal(problem, isTask(req));
}

/** `POST /convert`: one task of the queue. The caller is verified before the body is read. */
export const createApp =
  (options: AppOptions): RequestListener =>
  async (req, res) => {
    send(res, await handleTask(req, options).catch((error: unknown) => refuse(req, error, options)));
  };
