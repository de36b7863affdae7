import { trace } from '@opentelemetry/api';
import type { Log, LogFields } from '../../common/log.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import { observeJob } from '../../common/telemetry/job.ts';
import { conversionFacts } from '../../engine/facts.ts';
import type { Gate } from '../../engine/gate.ts';
import type { Job } from '../job.ts';
import { type AfterOptions, afterFailure, afterSuccess } from './after.ts';
import type { ConverterConfig } from './config.ts';
import { type Made, type MakeOptions, makeOutput } from './make.ts';
import { isSameSource, type Origin, originOf } from './newest.ts';

export interface WorkOptions extends MakeOptions, AfterOptions {
  readonly config: ConverterConfig;
  /** Before the jobs: bounds the sources in memory. */
  readonly line: Gate;
  readonly log: Log;
}

export interface Order {
  readonly job: Job;
  /** How often the queue has sent it before. */
  readonly retries: number;
  /** For the log line: trace, task name. */
  readonly facts: LogFields;
}

/** What the caller is told: anything but `ok` and `recorded` means that it should come again. */
export type Verdict =
  | { readonly kind: 'ok' | 'recorded'; readonly text: string }
  | { readonly kind: 'again'; readonly problem: Problem };

/** The source with its generation; a job may leave it open. @throws Problem `not_found`, `invalid_param`. */
async function originFor(
  { bucket, source, generation }: Job,
  { config, store }: WorkOptions,
): Promise<Origin> {
  const own = config.SRC_BUCKET_NAME;
  const origin = { bucket: own, name: source, generation: generation || '0' };
  if (bucket !== '' && bucket !== own) {
    throw new Problem('invalid_param', `bucket: expected ${own}, got ${JSON.stringify(bucket)}`);
  }
  if (generation) return origin;
  const facts = await store.stat({ bucket: own, name: source });
  if (facts) return { ...origin, generation: facts.generation };
  throw new Problem('not_found', `gs://${own}/${source}: there is no such object`);
}

function factsOf(made: Made): LogFields {
  if (made.state !== 'converted') return { event: made.state === 'kept' ? 'unchanged' : made.state };
  const { converted, bytesIn, convertMs } = made;
  return { event: 'converted', bytesIn, ...conversionFacts(converted), convertMs: Math.round(convertMs) };
}

/** Two sources that write one output are a mistake that only a person can mend. */
function warnOfContest(made: Made, origin: Origin, facts: LogFields, log: Log): void {
  const seen = made.state === 'kept' ? made.there : made.state === 'converted' ? made.replaced : undefined;
  const other = seen && originOf(seen);
  if (!other || isSameSource(other, origin)) return;
  log.warn(
    { ...facts, event: 'contested', other },
    `two sources write the same output; the newer one is kept`,
  );
}

async function succeed(order: Order, origin: Origin, options: WorkOptions): Promise<LogFields> {
  const { job, facts } = order;
  const made = await makeOutput(job, origin, options);
  warnOfContest(made, origin, facts, options.log);
  await afterSuccess(job, origin, made, options);
  return factsOf(made);
}

type Tell = (severity: keyof Log, origin: Origin, facts: LogFields, message: string) => void;

/** Writes the one line of a job, and shows its facts to telemetry. */
function teller({ job, retries, facts }: Order, log: Log): Tell {
  const startMs = performance.now();
  const { format: filetype, name: output, attempt } = job;
  const about = { ...facts, door: 'batch', output, filetype, retries, attempt };
  return (severity, source, more, message) => {
    const all = { ...about, source, ms: Math.round(performance.now() - startMs), ...more };
    observeJob(trace.getActiveSpan(), all);
    log[severity](all, `${output}: ${message}`);
  };
}

interface Trial {
  readonly order: Order;
  readonly origin: Origin;
  readonly error: unknown;
  readonly tell: Tell;
}

/** Writes the failure down where trying again cannot help, or has been tried enough. */
async function fail({ order, origin, error, tell }: Trial, options: WorkOptions): Promise<Verdict> {
  const problem = asProblem(error);
  const { code, message: reason } = problem;
  const isDead = !problem.retry || order.retries + 1 >= options.config.MAX_ATTEMPTS;
  try {
    const time = options.now().toISOString();
    if (isDead) await afterFailure({ job: order.job, origin, problem, time }, options);
  } catch (cause) {
    tell(
      'error',
      origin,
      { event: 'again', code, error: cause },
      `its failure could not be recorded: ${reason}`,
    );
    return { kind: 'again', problem: asProblem(cause) };
  }
  const event = isDead ? 'dead_letter' : 'again';
  tell(isDead ? 'error' : 'warn', origin, { event, code, reason, error }, reason);
  return problem.retry ? { kind: 'again', problem } : { kind: 'recorded', text: `recorded: ${code}` };
}

/** Does one job. Never throws: whatever happens is a verdict and one line in the log. */
export async function work(order: Order, options: WorkOptions): Promise<Verdict> {
  const { job } = order;
  const tell = teller(order, options.log);
  let origin: Origin = {
    bucket: options.config.SRC_BUCKET_NAME,
    name: job.source,
    generation: job.generation || '0',
  };
  try {
    const done = await options.line.run(async () => {
      origin = await originFor(job, options);
      return await succeed(order, origin, options);
    });
    tell('info', origin, done, String(done.event));
    return { kind: 'ok', text: 'ok' };
  } catch (error) {
    return await fail({ order, origin, error, tell }, options);
  }
}
