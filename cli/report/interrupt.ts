import type { World } from '../command.ts';

/** A farewell names so many objects; more are told by their folder. */
const mostNamed = 3;

/** The command that looks at objects of a bucket again, a shell's word each. */
export function lookAgain(bucket: string, names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map((name) => `'gs://${bucket}/${name.replaceAll("'", "'\\''")}'`);
  return `imagetx status ${shown.join(' ')}${names.length > mostNamed ? ' ...' : ''}`;
}

/** Does work; where a person ends it with Ctrl-C, says in sentences what goes on without this command. */
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
