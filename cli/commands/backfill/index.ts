import { gsUrl } from '../../../cloud/gs_url.ts';
import type { FieldTable, ValuesOf } from '../../../common/field.ts';
import { Problem } from '../../../common/problem.ts';
import type { World } from '../../command.ts';
import { commandOf } from '../../flags.ts';
import { openOrders } from '../../outputs/enqueue.ts';
import { conversionFromFlags, type PlanRules, planFlags, readPlanRules } from '../../outputs/plan.ts';
import { untilInterrupted } from '../../report/interrupt.ts';
import { cut } from '../../report/live_view.ts';
import { fanPlaceFields, localFields, queueFields, targetFields } from '../../target/fields.ts';
import { targetFor } from '../../target/target.ts';
import { progressFile, readProgress } from './checkpoint.ts';
import { type Counts, countAll, orderAll, type Work } from './run.ts';

const backfillFields = {
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Counts what would be ordered, and orders nothing.',
  },
  rate: {
    kind: 'float',
    min: 0.001,
    max: 10_000,
    default: 50,
    flag: 'rate',
    doc: 'Most orders per second.',
  },
  failed: {
    kind: 'bool',
    default: false,
    flag: 'failed',
    doc: 'Orders outputs again that have failed, too.',
  },
  restart: {
    kind: 'bool',
    default: false,
    flag: 'restart',
    doc: 'Begins anew instead of going on where it was stopped.',
  },
  json: { kind: 'bool', default: false, flag: 'json', doc: 'Prints the counts as JSON.' },
  ...planFlags,
  ...targetFields,
  ...fanPlaceFields,
  ...queueFields,
  ...localFields,
} as const satisfies FieldTable;

type Values = ValuesOf<typeof backfillFields>;

/** The counts in a sentence. */
function sentence(counts: Counts, isDry: boolean): string {
  const { objects, ignored, outputs, done, failed, ordered, existed } = counts;
  const parts = [
    `${objects} objects${ignored > 0 ? ` (${ignored} ask for nothing)` : ''}`,
    `${outputs} outputs`,
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${ordered} ${isDry ? 'would be ordered' : 'ordered'}`,
    ...(existed > 0 ? [`${existed} ordered before`] : []),
  ];
  return parts.join(', ');
}

/** Whatever the pictures are. @throws Problem before anything is ordered. */
function checkChoices({ DEFAULT_FORMATS, DEFAULT_PARAMS: params }: PlanRules): void {
  for (const format of DEFAULT_FORMATS) conversionFromFlags({ format, params, fault: '' });
}

/** The run that was stopped, or a new one. */
async function progressIn(file: string, isNew: boolean, { err }: World) {
  const stopped = isNew ? undefined : await readProgress(file);
  if (stopped?.after) err(`goes on after ${stopped.after}`);
  return stopped ?? { attempt: Math.floor(Date.now() / 1000), after: '' };
}

/** What one run is known by when it is called again. */
function runFacts({ prefix, target, choices, isFailedWanted }: Work): unknown {
  return [target.source, prefix, target.destination, target.prefix, choices, isFailedWanted];
}

async function orderedBy(work: Work, values: Values, world: World): Promise<Counts> {
  const file = progressFile(work.target.stateDir, runFacts(work));
  const progress = await progressIn(file, values.restart, world);
  const orders = openOrders(work.target);
  try {
    return await orderAll({ ...work, orders, rate: values.rate, progress, file });
  } finally {
    await orders.close();
  }
}

/** `imagetx backfill` */
export const backfill = commandOf(backfillFields, async ({ values, flags, words }, world) => {
  const [word = '', ...more] = words;
  if (word === '' || more.length > 0)
    throw new Problem('missing_param', 'expected one URL such as gs://BUCKET/PREFIX');
  const target = await targetFor({ flags, words, env: world.env });
  const choices = await readPlanRules(flags, target, world);
  checkChoices(choices);
  const { bucket, name: prefix } = gsUrl(word);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `${word}: expected a place in the source bucket ${target.source}`);
  const isDry = values['dry-run'];
  const show = (counts: Counts): void => {
    // A line that is wider than the terminal breaks, and only its last part would be written over.
    const columns = world.terminal?.columns || 80;
    world.terminal?.write(`\r\x1b[K${cut(sentence(counts, isDry), columns - 1)}`);
  };
  const work: Work = { prefix, target, choices, isFailedWanted: values.failed, show };
  const leave = (): readonly string[] => {
    world.terminal?.write('\r\x1b[K');
    return isDry ? [] : ['imagetx: stopped: what was ordered goes on; the same command orders the rest'];
  };
  const counts = await untilInterrupted(world, leave, () =>
    isDry ? countAll(work) : orderedBy(work, values, world),
  );
  world.terminal?.write('\r\x1b[K');
  world.out(values.json ? JSON.stringify(counts) : sentence(counts, isDry));
  return 0;
});
