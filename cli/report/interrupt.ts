import type { World } from '../command.ts';

/** A message names at most this many objects. */
const maxNames = 3;

/** The command that shows the state of these objects, quoted for a shell. */
export function statusCommand(bucket: string, names: readonly string[]): string {
  const shown = names.slice(0, maxNames).map((name) => `'gs://${bucket}/${name.replaceAll("'", "'\\''")}'`);
  return `imagetx status ${shown.join(' ')}${names.length > maxNames ? ' ...' : ''}`;
}

/** Runs `work`. On Ctrl-C it first prints the lines of `farewell`: what continues without this command. */
export async function untilInterrupted<Result>(
  { onInterrupt, err }: World,
  farewell: () => readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const undo = onInterrupt?.(() => {
    for (const line of farewell()) err(line);
  });
  try {
    return await work();
  } finally {
    undo?.();
  }
}
