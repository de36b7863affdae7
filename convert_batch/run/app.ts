import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type SpanContext, SpanKind } from '@opentelemetry/api';
import type { VerifyCaller } from '../../cloud/identity.ts';
import { collect } from '../../common/collect.ts';
import type { LogFields } from '../../common/log.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import { contextOf, parseTraceparent } from '../../common/telemetry/propagation.ts';
import { currentSpanContext, inSpan } from '../../common/telemetry/spans.ts';
import { parseTraceHeaders, traceFields } from '../../common/trace.ts';
import { type Job, jobOf } from '../job.ts';
import { type Verdict, type WorkOptions, work } from './work.ts';

export interface AppOptions extends WorkOptions {
  readonly verify: VerifyCaller;
}

/** More than a task can hold. */
const maxBodyBytes = 2 * 1024 * 1024;

function answer(
  res: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  if (res.destroyed) return;
  const own = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  res.writeHead(status, { ...own, ...headers }).end(text);
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const tooLarge = (): Problem => new Problem('too_large', `body: expected at most ${maxBodyBytes} bytes`);
  return String((await collect(req, { maxBytes: maxBodyBytes, tooLarge })).data);
}

const header = (req: IncomingMessage, name: string): string => String(req.headers[name] ?? '');
const isTask = (req: IncomingMessage): boolean => header(req, 'x-cloudtasks-taskname') !== '';

/** The body names the parent span: front ends put spans of their own into the headers. */
const parentOf = (req: IncomingMessage, job?: Job): SpanContext | undefined =>
  parseTraceparent(job?.traceparent) ?? parseTraceHeaders(req.headers);

function factsOf(req: IncomingMessage, job: Job | undefined, project: string): LogFields {
  const trace = currentSpanContext() ?? parentOf(req, job);
  const task = header(req, 'x-cloudtasks-taskname');
  return { ...(task ? { task } : {}), ...traceFields(trace, project) };
}

/** The queue slows down on 429 and 503, and takes any 2xx for done. */
function answerVerdict(res: ServerResponse, verdict: Verdict): void {
  if (verdict.kind === 'again') {
    const { retryAfter, status, message } = verdict.problem;
    const later: Record<string, string> =
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    answer(res, status === 429 ? 429 : 503, message, later);
  } else {
    answer(res, 200, verdict.text);
  }
}

/** @throws Problem `not_found`, `method_not_allowed`. */
function checkRoute({ url = '/', method }: IncomingMessage): void {
  const [path] = url.split('?');
  if (path !== '/convert') throw new Problem('not_found', 'path: expected /convert');
  if (method !== 'POST') throw new Problem('method_not_allowed', `method: expected POST, got ${method}`);
}

async function convertRoute(req: IncomingMessage, res: ServerResponse, options: AppOptions): Promise<void> {
  checkRoute(req);
  await options.verify(req.headers.authorization);
  const job = jobOf(await bodyOf(req));
  const retries = Number(header(req, 'x-cloudtasks-taskretrycount')) || 0;
  const { bucket, source, generation } = job;
  const attributes = { bucket, name: source, generation, attempt: retries + 1 };
  const span = { kind: SpanKind.CONSUMER, parent: contextOf(parentOf(req, job)), attributes };
  const verdict = await inSpan('task', span, () => {
    const facts = factsOf(req, job, options.config.PROJECT_ID);
    return work({ job, retries, facts }, options);
  });
  answerVerdict(res, verdict);
}

/** `POST /convert`: one job of the queue. The caller is verified before anything else is read. */
export function createApp(options: AppOptions): RequestListener {
  const { log, config } = options;
  return (req, res) => {
    convertRoute(req, res, options).catch((error: unknown) => {
      const problem = asProblem(error);
      const facts = {
        ...factsOf(req, undefined, config.PROJECT_ID),
        event: 'refused',
        code: problem.code,
        error,
      };
      const write = problem.status === 401 || problem.status === 403 ? log.warn : log.error;
      write(facts, problem.message);
      // A task that cannot be read never can be; the queue must not bring it again.
      const isHopeless =
        isTask(req) && ['invalid_param', 'missing_param', 'too_large'].includes(problem.code);
      if (isHopeless) answer(res, 200, `refused: ${problem.code}`);
      else answer(res, problem.status, problem.message, { connection: 'close' });
    });
  };
}
