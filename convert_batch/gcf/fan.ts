import { isSpanContextValid, type Span, SpanKind } from '@opentelemetry/api';
import type { TaskQueue } from '../../cloud/tasks.ts';
import type { Log, LogFields } from '../../common/log/log.ts';
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
import { readSourceObject, type SourceObject } from '../source.ts';
import { taskFor } from '../task.ts';

/** The part of a CloudEvent that Fan reads. */
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
  /** Makes the traceparent of a new trace, for an event without one. */
  readonly traceparent: () => string;
}

const finalized = 'google.cloud.storage.object.v1.finalized';

/** @throws Problem `invalid_param`. */
function readObject({ type, data }: FinalizeEvent): SourceObject {
  if (type !== finalized) throw new Problem('invalid_param', `event: expected ${finalized}, got ${type}`);
  return readSourceObject(data);
}

function traceOfEvent({ traceparent }: FinalizeEvent): string | undefined {
  return typeof traceparent === 'string' && parseTraceparent(traceparent) ? traceparent : undefined;
}

async function enqueue(
  jobs: readonly Job[],
  fields: LogFields,
  { settings, queue, log }: FanOptions,
): Promise<void> {
  for (const { name: output, fault } of jobs) {
    if (fault) log.warn({ ...fields, event: 'bad_output', output, reason: fault }, `${output}: ${fault}`);
  }
  const attributes = { tasks: jobs.length };
  const results = await inSpan('enqueue', { kind: SpanKind.PRODUCER, attributes }, (span) => {
    // The converter's spans are children of this one.
    const spanContext = span.spanContext();
    const own = isSpanContextValid(spanContext) ? { traceparent: formatTraceparent(spanContext) } : {};
    return queue.enqueue(jobs.map((job) => taskFor({ ...job, ...own }, settings.RUN_URL)));
  });
  const existed = results.filter((one) => one === 'existed').length;
  log.info({ ...fields, event: 'fanned', outputs: jobs.length, existed }, `${jobs.length} tasks`);
}

function logFailure(fields: LogFields, error: unknown, { log }: FanOptions): Problem {
  const problem = asProblem(error);
  log.error({ ...fields, event: 'fan_failed', code: problem.code, error }, problem.message);
  return problem;
}

/**
 * Fan: creates one task per output of the event's object. An event that can never be handled is logged and acknowledged.
 * When a task cannot be created, Fan throws and the event is delivered again; existing tasks are not created twice.
 */
export function createFan(options: FanOptions) {
  const { settings, log, traceparent } = options;

  async function handle(event: FinalizeEvent, span: Span): Promise<void> {
    const trace = traceOfEvent(event) ?? traceparent();
    const own = span.spanContext();
    const spanContext = isSpanContextValid(own) ? own : parseTraceparent(trace);
    const common = { eventId: event.id, ...traceFields(spanContext, settings.PROJECT_ID) };
    let object: SourceObject;
    try {
      object = readObject(event);
    } catch (error) {
      logFailure(common, error, options);
      return;
    }
    const { bucket, name, generation, bytes, metadata } = object;
    span.setAttributes({ bucket, name, generation, bytes });
    const uploader = parseTraceparent(metadata.traceparent);
    if (uploader) span.addLink({ context: uploader });
    const fields = { ...common, source: { bucket, name, generation } };
    const { jobs, ignored } = jobsFor(object, settings);
    if (ignored)
      return log.info({ ...fields, event: 'ignored', reason: ignored }, `${name}: ignored, ${ignored}`);
    const traced = jobs.map((job) => ({ ...job, traceparent: trace }));
    await enqueue(traced, fields, options).catch((error: unknown) =>
      Promise.reject(logFailure(fields, error, options)),
    );
  }

  /** A repeated event is in the same trace. */
  return (event: FinalizeEvent): Promise<void> => {
    const parent = withTraceId(contextOf(parseTraceparent(traceOfEvent(event))), traceIdFor(event.id));
    const attributes = { eventId: event.id };
    return inSpan('Fan', { kind: SpanKind.CONSUMER, parent, attributes }, (span) => handle(event, span));
  };
}
