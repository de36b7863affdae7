import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** From what an output was made. */
export interface Made {
  /** The source's name in its root. */
  readonly source: string;
  /** Its fingerprint. */
  readonly conversion: string;
  /** The source's time of change and bytes, and the output's bytes. */
  readonly changed: number;
  readonly bytes: number;
  readonly written: number;
}

/** What a folder's outputs were made from, kept in a file beside them. */
export interface FolderRecord {
  /** The name of the source that an output was made of. */
  readonly sourceOf: (name: string) => string | undefined;
  /** Whether the output is there and would come out the same. */
  readonly isFresh: (name: string, made: Omit<Made, 'source' | 'written'>) => Promise<boolean>;
  readonly add: (name: string, made: Made) => void;
  /** Writes the file if it has changed. Synchronous, for Ctrl-C. */
  readonly save: () => void;
}

export const recordName = '.imagetx.json';

type Entries = ReadonlyMap<string, Made>;

const isMade = (made: Partial<Made> | null): boolean => typeof made?.source === 'string';

/** A file that is missing or damaged only means that everything is made again. */
function readEntries(file: string): Entries {
  try {
    const { outputs } = JSON.parse(readFileSync(file, 'utf8')) as { outputs: Record<string, Made> };
    return new Map(Object.entries(outputs).filter(([, made]) => isMade(made)));
  } catch {
    return new Map();
  }
}

function writeEntries(file: string, entries: Entries): void {
  const part = `${file}.${process.pid}.part`;
  try {
    const outputs = Object.fromEntries(entries);
    writeFileSync(part, `${JSON.stringify({ version: 1, outputs }, null, 1)}\n`);
    renameSync(part, file);
  } catch {
    // The outputs are there; without the record the next run makes them again.
    rmSync(part, { force: true });
  }
}

/** Opens the record of a folder. */
export function openRecord(folder: string): FolderRecord {
  const file = join(folder, recordName);
  const known = readEntries(file);
  const added = new Map<string, Made>();
  return {
    sourceOf: (name) => known.get(name)?.source,
    isFresh: async (name, { conversion, changed, bytes }) => {
      const made = known.get(name);
      if (made?.conversion !== conversion || made.changed !== changed || made.bytes !== bytes) return false;
      const there = await stat(join(folder, name)).catch(() => undefined);
      return there?.size === made.written;
    },
    add: (name, made) => void added.set(name, made),
    save: () => {
      // Another run may have added to it meanwhile.
      if (added.size > 0) writeEntries(file, new Map([...readEntries(file), ...added]));
    },
  };
}
