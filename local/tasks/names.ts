import { rpcError } from './refusal.ts';

const parentPattern = /^projects\/[a-zA-Z0-9:.-]+\/locations\/[a-zA-Z0-9-]+$/;
const queuePattern = /^projects\/[a-zA-Z0-9:.-]+\/locations\/[a-zA-Z0-9-]+\/queues\/[a-zA-Z0-9-]{1,100}$/;
const taskIdPattern = /^[a-zA-Z0-9_-]{1,500}$/;

const shapes = {
  parent: { pattern: parentPattern, shape: 'projects/PROJECT_ID/locations/LOCATION_ID' },
  queue: { pattern: queuePattern, shape: 'projects/PROJECT_ID/locations/LOCATION_ID/queues/QUEUE_ID' },
};

/** @throws INVALID_ARGUMENT when the name does not have the shape of its kind. */
export function checkResourceName(kind: keyof typeof shapes, name: unknown): string {
  const { pattern, shape } = shapes[kind];
  if (typeof name === 'string' && pattern.test(name)) return name;
  throw rpcError('INVALID_ARGUMENT', `Invalid resource name "${name}". The expected form is "${shape}".`);
}

/** Splits QUEUE/tasks/ID. @throws INVALID_ARGUMENT for any other form. */
export function splitTaskName(name: unknown): { readonly queue: string; readonly id: string } {
  const [queue = '', id = ''] = String(name).split('/tasks/');
  if (queuePattern.test(queue) && taskIdPattern.test(id)) return { queue, id };
  const shape = `${shapes.queue.shape}/tasks/TASK_ID`;
  throw rpcError(
    'INVALID_ARGUMENT',
    `Invalid resource name "${name}". The expected form is "${shape}", where TASK_ID has 1 to 500 of the characters A-Z a-z 0-9 _ -.`,
  );
}

export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
