import { parseGsUrl } from '../../../cloud/gs_url.ts';
import type { FieldTable, ValuesOf } from '../../../common/field.ts';
import { Problem } from '../../../common/problem.ts';
import type { World } from '../../command.ts';
import { defineCommand } from '../../command.ts';
import { openEnqueuer } from '../../outputs/enqueue.ts';
import { conversionFromFlags, type PlanRules, planFlags, readPlanRules } from '../../outputs/plan.ts';
import { untilInterrupted } from '../../report/interrupt.ts';
import { truncate } from '../../report/live_view.ts';
import { animate } from '../../report/screen.ts';
import { fanServiceFields, localFields, queueFlags, targetFields } from '../../target/fields.ts';
import { findTarget } from '../../target/target.ts';
import { progressFile, readProgress } from './checkpoint.ts';
import { type Counts, countMissing, enqueueMissing, type Scan } from './run.ts';

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
    doc: 'Maximum number of tasks queued per second.',
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
    return await enqueueMissing({ ...scan, enqueuer, rate: values.rate, progress, file });
  } finally {
    await enqueuer.close();
  }
}

/** `imagetx backfill` */
export const backfill = defineCommand(backfillFields, async ({ values, flags, positionals }, world) => {
  const [url = '', ...more] = positionals;
  if (url === '' || more.length > 0)
    throw new Problem('missing_param', 'expected one URL such as gs://BUCKET/PREFIX');
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
  const counts = await untilInterrupted(world, leave, () =>
    isDry ? countMissing(scan) : enqueueAll(scan, values, world),
  ).finally(stop);
  world.out(values.json ? JSON.stringify(counts) : formatCounts(counts, isDry));
  return 0;
});
