import { parseGsUrl } from '../../../cloud/gs_url.ts';
import type { FieldTable, ValuesOf } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import { type Estimate, estimate } from '../../../convert_batch/costs.ts';
import type { World } from '../../command.ts';
import { defineCommand } from '../../command.ts';
import { openEnqueuer } from '../../outputs/enqueue.ts';
import { conversionFromFlags, type PlanRules, planFlags, readPlanRules } from '../../outputs/plan.ts';
import { truncate } from '../../report/cells.ts';
import { untilInterrupted } from '../../report/interrupt.ts';
import { animate } from '../../report/screen.ts';
import { fanServiceFields, localFields, queueFlags, targetFields } from '../../target/fields.ts';
import { findTarget } from '../../target/target.ts';
import { fileCheckpoint, progressFile, readProgress, runWord } from './checkpoint.ts';
import { type Counts, countMissing, enqueueMissing, type Scan, zeroCounts } from './run.ts';
import { joinRun, openPart } from './shards.ts';
import { splitNames } from './split.ts';
import { readTask, type Task, taskFields } from './task.ts';

const backfillFields = {
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Counts what would be queued, and queues nothing.',
  },
  rate: {
    kind: 'float',
    min: 0.001,
    max: 10_000,
    default: 50,
    flag: 'rate',
    doc: 'Maximum number of tasks queued per second, by all tasks of a job together.',
  },
  failed: {
    kind: 'bool',
    default: false,
    flag: 'failed',
    doc: 'Also queues outputs that have failed.',
  },
  restart: {
    kind: 'bool',
    default: false,
    flag: 'restart',
    doc: 'Starts again instead of resuming an interrupted run.',
  },
  ...taskFields,
  'cpu-ms': {
    kind: 'float',
    min: 0.1,
    max: 600_000,
    default: 125,
    unit: 'milliseconds',
    flag: 'cpu-ms',
    doc: 'CPU time of one conversion, for the estimate of --dry-run; docs/figures.md has measured ones.',
  },
  instances: {
    kind: 'int',
    min: 1,
    max: 10_000,
    default: 20,
    flag: 'instances',
    doc: 'Instances of the converter, for the estimate of --dry-run.',
  },
  json: { kind: 'bool', default: false, flag: 'json', doc: 'Prints the counts as JSON.' },
  ...planFlags,
  ...targetFields,
  ...fanServiceFields,
  ...queueFlags,
  ...localFields,
} as const satisfies FieldTable;

type Values = ValuesOf<typeof backfillFields>;

/** The counts in a sentence. */
function formatCounts(counts: Counts, isDry: boolean): string {
  const { objects, ignored, outputs, done, failed, ordered, existed } = counts;
  const parts = [
    `${objects} objects${ignored > 0 ? ` (${ignored} request nothing)` : ''}`,
    `${outputs} outputs`,
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${ordered} ${isDry ? 'would be queued' : 'queued'}`,
    ...(existed > 0 ? [`${existed} queued before`] : []),
  ];
  return parts.join(', ');
}

/** Checks formats and parameters before anything is queued. @throws Problem `invalid_param`. */
function checkRules({ DEFAULT_FORMATS, DEFAULT_PARAMS: params }: PlanRules): void {
  for (const format of DEFAULT_FORMATS) conversionFromFlags({ format, params, fault: '' });
}

/** The checkpoint of the interrupted run, or a new run. */
async function readOrStart(file: string, isNew: boolean, { err }: World) {
  const stopped = isNew ? undefined : await readProgress(file);
  if (stopped?.after) err(`resumes after ${stopped.after}`);
  return stopped ?? { attempt: Math.floor(Date.now() / 1000), after: '' };
}

/** The options that identify a run when the command is called again. */
function runOptions({ prefix, target, rules, retriesFailed }: Scan): unknown {
  return [target.source, prefix, target.destination, target.prefix, rules, retriesFailed];
}

async function enqueueAll(scan: Scan, values: Values, world: World): Promise<Counts> {
  const file = progressFile(scan.target.stateDir, runOptions(scan));
  const progress = await readOrStart(file, values.restart, world);
  const enqueuer = openEnqueuer(scan.target);
  try {
    const checkpoint = fileCheckpoint(file);
    return await enqueueMissing({ ...scan, enqueuer, rate: values.rate, progress, checkpoint });
  } finally {
    await enqueuer.close();
  }
}

const addCounts = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, value + b[name as keyof Counts]]),
  ) as Counts;

interface Call {
  readonly values: Values;
  readonly world: World;
}

/** Queues the parts of the run that are this task's. */
async function enqueueShare(scan: Scan, task: Task, { values, world }: Call): Promise<Counts> {
  const { target, prefix } = scan;
  const word = runWord(runOptions(scan));
  const run = await joinRun(
    {
      word,
      execution: task.execution,
      isNew: values.restart,
      begin: async () => ({
        attempt: Math.floor(Date.now() / 1000),
        ranges: await splitNames(prefix, task.count, target),
      }),
    },
    target,
  );
  const enqueuer = openEnqueuer(target);
  const rate = values.rate / task.count;
  let counts = zeroCounts();
  let opened = 0;
  try {
    for (const [part, range] of run.ranges.entries()) {
      if (part % task.count !== task.index) continue;
      const { isDone, progress, checkpoint } = await openPart(word, run, part, target);
      if (isDone) continue;
      opened += 1;
      const before = counts;
      const show = (more: Counts): void => scan.show(addCounts(before, more));
      const more = await enqueueMissing({ ...scan, show, range, enqueuer, rate, progress, checkpoint });
      counts = addCounts(before, more);
    }
    if (opened === 0) world.err('nothing left of this task’s share of the run; --restart begins a new run');
    return counts;
  } finally {
    await enqueuer.close();
  }
}

/** Cost and time in a sentence. */
function formatEstimate({ dollars, hours, limit }: Estimate): string {
  const limits = { rate: '--rate', queues: 'the queues', instances: '--instances' } as const;
  return `about ${dollars.toFixed(2)} US$ and ${hours < 0.1 ? '0.1' : hours.toFixed(1)} hours, limited by ${limits[limit]} (docs/scale.md)`;
}

/** `imagetx backfill` */
export const backfill = defineCommand(backfillFields, async ({ values, flags, positionals }, world) => {
  const [url = '', ...more] = positionals;
  if (url === '' || more.length > 0)
    throw new Problem('missing_param', 'expected one URL such as gs://BUCKET/PREFIX');
  const task = readTask(flags, world.env);
  const target = await findTarget({ flags, urls: positionals, env: world.env });
  const rules = await readPlanRules(flags, target, world);
  checkRules(rules);
  const { bucket, name: prefix } = parseGsUrl(url);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `${url}: expected a URL in the source bucket ${target.source}`);
  const isDry = values['dry-run'];
  let latest = '';
  const show = (counts: Counts): void => {
    latest = formatCounts(counts, isDry);
  };
  const { terminal } = world;
  const stop = terminal ? animate(terminal, () => [truncate(latest, terminal.columns || 80)]) : () => {};
  const scan: Scan = { prefix, target, rules, retriesFailed: values.failed, show };
  const leave = (): readonly string[] => {
    stop();
    return isDry
      ? []
      : ['imagetx: stopped; queued conversions continue, and the same command queues the rest'];
  };
  const counts = await untilInterrupted(world, leave, () => {
    if (isDry) return countMissing(scan);
    return task ? enqueueShare(scan, task, { values, world }) : enqueueAll(scan, values, world);
  }).finally(stop);
  const { 'cpu-ms': cpuMs, rate, instances } = values;
  const queues = Math.max(1, target.queues.length);
  const cost = isDry ? estimate({ outputs: counts.ordered, cpuMs, rate, queues, instances }) : undefined;
  world.out(
    values.json
      ? JSON.stringify({ ...counts, ...(cost ? { estimate: cost } : {}) })
      : formatCounts(counts, isDry),
  );
  if (cost && cost.outputs > 0 && !values.json) world.out(formatEstimate(cost));
  return 0;
});
