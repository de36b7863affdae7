import { isSpanContextValid, type Span, SpanKind } from '@opentelemetry/api';
import type { TaskQueue } from '../../cloud/tasks.ts';
import type { Log, LogFields } from '../../common/log.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import {
  contextOf,
  formatTraceparent,
  parseTraceparent,
  traceIdFor,
} from '../../common/telemetry/propagation.ts';
import { inSpan } from '../../common/telemetry/spans.ts';
import { withTraceId } from '../../common/telemetry/tracer.ts';
import { traceFields } from '../../common/trace.ts';
import type { Job } from '../job.ts';
import { jobsFor } from '../plan.ts';
import type { PlanSettings } from '../plan_fields.ts';
import { type SourceObject, sourceOf } from '../source.ts';
import { taskFor } from '../task.ts';

/** The part of a CloudEvent that counts here. */
export interface FinalizeEvent {
  readonly id: string;
  readonly type: string;
  readonly data?: unknown;
  readonly traceparent?: unknown;
}

export interface FanOptions {
  readonly settings: PlanSettings & { readonly RUN_URL: string; readonly PROJECT_ID: string };
  readonly queue: TaskQueue;
  readonly log: Log;
  /** The trace this event belongs to, in the form of W3C: that of the request, or a new one. */
  readonly traceparent: () => string;
}

const finalized = 'google.cloud.storage.object.v1.finalized';

/** @throws Problem `invalid_param`. */
function objectIn({ type, data }: FinalizeEvent): SourceObject {
  if (type !== finalized) throw new Problem('invalid_param', `event: expected ${finalized}, got ${type}`);
  return sourceOf(data);
}

function traceOfEvent({ traceparent }: FinalizeEvent): string | undefined {
  return typeof traceparent === 'string' && parseTraceparent(traceparent) ? traceparent : undefined;
}

async function enqueue(
  jobs: readonly Job[],
  facts: LogFields,
  { settings, queue, log }: FanOptions,
): Promise<void> {
  for (const { name: output, fault } of jobs) {
    if (fault) log.warn({ ...facts, event: 'bad_output', output, reason: fault }, `${output}: ${fault}`);
  }
  const attributes = { tasks: jobs.length };
  const made = await inSpan('enqueue', { kind: SpanKind.PRODUCER, attributes }, (span) => {
    // The converter's spans are children of this one.
    const spanContext = span.spanContext();
    const own = isSpanContextValid(spanContext) ? { traceparent: formatTraceparent(spanContext) } : {};
    return queue.enqueue(jobs.map((job) => taskFor({ ...job, ...own }, settings.RUN_URL)));
  });
  const existed = made.filter((one) => one === 'existed').length;
  log.info({ ...facts, event: 'fanned', outputs: jobs.length, existed }, `${jobs.length} tasks`);
}

function failed(facts: LogFields, error: unknown, { log }: FanOptions): Problem {
  const problem = asProblem(error);
  log.error({ ...facts, event: 'fan_failed', code: problem.code, error }, problem.message);
  return problem;
}

/**
 * The function: one task per output that the event's object asks for.
 * An event that can never be handled is logged and done. When tasks cannot be made it throws, and the event comes
 * again: those made by then are not made twice.
 */
export function createFan(options: FanOptions) {
  const { settings, log, traceparent } = options;

  async function handle(event: FinalizeEvent, span: Span): Promise<void> {
    const trace = traceOfEvent(event) ?? traceparent();
    const own = span.spanContext();
    const spanContext = isSpanContextValid(own) ? own : parseTraceparent(trace);
    const about = { eventId: event.id, ...traceFields(spanContext, settings.PROJECT_ID) };
    let object: SourceObject;
    try {
      object = objectIn(event);
    } catch (error) {
      failed(about, error, options);
      return;
    }
    const { bucket, name, generation, bytes, metadata } = object;
    span.setAttributes({ bucket, name, generation, bytes });
    const uploader = parseTraceparent(metadata.traceparent);
    if (uploader) span.addLink({ context: uploader });
    const facts = { ...about, source: { bucket, name, generation } };
    const { jobs, ignored } = jobsFor(object, settings);
    if (ignored)
      return log.info({ ...facts, event: 'ignored', reason: ignored }, `${name}: ignored, ${ignored}`);
    const traced = jobs.map((job) => ({ ...job, traceparent: trace }));
    await enqueue(traced, facts, options).catch((error: unknown) =>
      Promise.reject(failed(facts, error, options)),
    );
  }

  /** An event that comes again is in the same trace. */
  return (event: FinalizeEvent): Promise<void> => {
    const parent = withTraceId(contextOf(parseTraceparent(traceOfEvent(event))), traceIdFor(event.id));
    const attributes = { eventId: event.id };
    return inSpan('Fan', { kind: SpanKind.CONSUMER, parent, attributes }, (span) => handle(event, span));
  };
}
