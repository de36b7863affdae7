import { readConfig } from '../../../common/fields/config.ts';
import type { FieldTable } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';

/** Which task of a job a call is: by flags, or by what Cloud Run sets. */
export const taskFields = {
  CLOUD_RUN_TASK_COUNT: {
    kind: 'int',
    min: 1,
    max: 10_000,
    flag: 'tasks',
    doc: 'Number of tasks that share the work, each with --task. Their progress is in the records bucket. A Cloud Run job sets it.',
  },
  CLOUD_RUN_TASK_INDEX: {
    kind: 'int',
    min: 0,
    max: 9_999,
    flag: 'task',
    doc: 'Number of this task, from 0. A Cloud Run job sets it.',
  },
  CLOUD_RUN_EXECUTION: {
    kind: 'string',
    flag: 'execution',
    doc: 'Name of the execution: a new one begins anew after a run that has finished. A Cloud Run job sets it.',
  },
} as const satisfies FieldTable;

export interface Task {
  readonly index: number;
  readonly count: number;
  /** Empty where the tasks are started by hand. */
  readonly execution: string;
}

type Texts = Readonly<Record<string, string | undefined>>;

/** undefined when the call is no task of a job. @throws Problem `invalid_param`, `missing_param`. */
export function readTask(flags: Texts, env: Texts): Task | undefined {
  const values = readConfig(taskFields, { ...env, ...flags });
  const { CLOUD_RUN_TASK_COUNT: count, CLOUD_RUN_TASK_INDEX: index, CLOUD_RUN_EXECUTION: execution } = values;
  if (count === undefined && index === undefined) return undefined;
  if (count === undefined)
    throw new Problem(
      'missing_param',
      `--tasks: expected the number of tasks with --task ${index}, got nothing`,
    );
  if (index === undefined)
    throw new Problem('missing_param', `--task: expected a number from 0 to ${count - 1}, got nothing`);
  if (index >= count)
    throw new Problem('invalid_param', `--task: expected a number below ${count}, got ${index}`);
  return { index, count, execution: execution ?? '' };
}
