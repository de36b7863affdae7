import { trace } from '@opentelemetry/api';
import type { Gate } from '../../common/gate.ts';
import type { Log, LogFields } from '../../common/log/log.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import { observeJob } from '../../common/telemetry/job.ts';
import { conversionDetails, fileType } from '../../engine/catalog.ts';
import type { Job } from '../job.ts';
import { isSameSource, type Origin, originOf } from '../origin.ts';
import { type BookkeepingOptions, recordFailure, recordResult } from './bookkeeping.ts';
import type { ConverterConfig } from './config.ts';
import { type JobResult, type MakeOptions, makeOutput, type SourceJob } from './make_output.ts';
import { answerFailedTask, decideRetry, done, type QueueAnswer, requestRetry } from './retry.ts';

export interface AttemptOptions extends MakeOptions, BookkeepingOptions {
  readonly config: ConverterConfig;
  /** Bounds the jobs that run at the same time, and so the sources in memory. */
  readonly jobSlots: Gate;
  readonly log: Log;
}

/** One delivery of a task by the queue. */
export interface TaskAttempt {
  readonly job: Job;
  /** How often the queue has sent the task before. */
  readonly retries: number;
  /** For the log line: trace, task name. */
  readonly logFields: LogFields;
}

/** The source with its generation, which a job may leave open. @throws Problem `not_found`, `invalid_param`. */
async function findOrigin(
  { bucket, source, generation }: Job,
  { config, store }: AttemptOptions,
): Promise<Origin> {
  const own = config.SRC_BUCKET_NAME;
  const origin = { bucket: own, name: source, generation: generation || '0' };
  if (bucket !== '' && bucket !== own) {
    throw new Problem('invalid_param', `bucket: expected ${own}, got ${JSON.stringify(bucket)}`);
  }
  if (generation) return origin;
  const object = await store.stat({ bucket: own, name: source });
  if (object) return { ...origin, generation: object.generation };
  throw new Problem('not_found', `gs://${own}/${source}: there is no such object`);
}

function resultFields(result: JobResult): LogFields {
  if (result.state !== 'converted') return { event: result.state === 'kept' ? 'unchanged' : result.state };
  const { converted, bytesIn, convertMs } = result;
  return { event: 'converted', bytesIn, ...conversionDetails(converted), convertMs: Math.round(convertMs) };
}

/** Two sources that write the same output are a mistake that only a person can fix. */
function warnOfContest(result: JobResult, origin: Origin, warn: Log['warn']): void {
  const object =
    result.state === 'kept' ? result.current : result.state === 'converted' ? result.replaced : undefined;
  const other = object && originOf(object);
  if (!other || isSameSource(other, origin)) return;
  warn({ event: 'contested', other }, 'two sources write the same output; the newer one is kept');
}

type LogOutcome = (severity: keyof Log, origin: Origin, fields: LogFields, message: string) => void;

/** Writes the one log line of an attempt, and passes its fields to telemetry. */
function createOutcomeLog({ job, retries, logFields }: TaskAttempt, log: Log): LogOutcome {
  const startMs = performance.now();
  const { format, name: output, attempt } = job;
  const common = { ...logFields, door: 'batch', output, filetype: fileType(format), retries, attempt };
  return (severity, source, more, message) => {
    const fields = { ...common, source, ms: Math.round(performance.now() - startMs), ...more };
    observeJob(trace.getActiveSpan(), fields);
    log[severity](fields, `${output}: ${message}`);
  };
}

interface FailedAttempt extends SourceJob {
  readonly retries: number;
  readonly error: unknown;
  readonly logOutcome: LogOutcome;
}

/** Writes the failure record when the task is not tried again. */
async function handleFailure(failed: FailedAttempt, options: AttemptOptions): Promise<QueueAnswer> {
  const { job, origin, retries, error, logOutcome } = failed;
  const problem = asProblem(error);
  const { code, message: reason } = problem;
  const event = decideRetry(problem, { retries, maxAttempts: options.config.MAX_ATTEMPTS });
  try {
    if (event === 'dead_letter') await recordFailure({ job, origin }, problem, options);
  } catch (cause) {
    const fields = { event: 'again', code, error: cause };
    logOutcome('error', origin, fields, `its failure could not be recorded: ${reason}`);
    return requestRetry(asProblem(cause));
  }
  const severity = event === 'dead_letter' ? 'error' : 'warn';
  logOutcome(severity, origin, { event, code, reason, error }, reason);
  return answerFailedTask(problem);
}

/** Runs one attempt of a task. Never throws: every outcome is an answer for the queue and one log line. */
export async function runAttempt(attempt: TaskAttempt, options: AttemptOptions): Promise<QueueAnswer> {
  const { job, retries, logFields } = attempt;
  const logOutcome = createOutcomeLog(attempt, options.log);
  let origin: Origin = {
    bucket: options.config.SRC_BUCKET_NAME,
    name: job.source,
    generation: job.generation || '0',
  };
  try {
    const result = await options.jobSlots.run(async () => {
      origin = await findOrigin(job, options);
      const made = await makeOutput({ job, origin }, options);
      warnOfContest(made, origin, (fields, text) => options.log.warn({ ...logFields, ...fields }, text));
      await recordResult({ job, origin }, made, options);
      return made;
    });
    const fields = resultFields(result);
    logOutcome('info', origin, fields, String(fields.event));
    return done;
  } catch (error) {
    return await handleFailure({ job, origin, retries, error, logOutcome }, options);
  }
}
