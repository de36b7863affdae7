import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { sniff, usualOutputOf } from '../../../engine/catalog.ts';
import { type ConvertOptions, convert } from '../../../engine/index.ts';
import { readPicture } from '../../files.ts';
import { fingerprint } from './fingerprint.ts';
import { failure, makeOutcome, type Outcome } from './outcome.ts';
import type { Job, Target } from './plan.ts';
import { type FolderRecord, openRecord } from './record.ts';
import type { Source } from './sources.ts';
import { createWriter, type Writer } from './write.ts';

/** The records of folders, each opened once. */
export interface Records {
  readonly of: (folder: string) => FolderRecord;
  readonly save: () => void;
}

export function createRecords(): Records {
  const opened = new Map<string, FolderRecord>();
  return {
    of: (folder) => {
      const key = resolve(folder);
      const record = opened.get(key) ?? openRecord(key);
      opened.set(key, record);
      return record;
    },
    save: () => {
      for (const record of opened.values()) record.save();
    },
  };
}

export interface RunOptions {
  readonly engine: ConvertOptions;
  readonly records: Records;
  /** Pictures at the same time. */
  readonly parallel: number;
  /** Whether outputs that are up to date are made too. */
  readonly all: boolean;
  readonly isDry: boolean;
  readonly onStart: (source: Source) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface ConvertRun {
  readonly run: (jobs: readonly Job[]) => Promise<void>;
  /** Leaves no half file. Synchronous, for Ctrl-C. */
  readonly abandon: () => void;
}

/** The format word of a target; that of standard input is in its bytes. */
function wordOf({ word }: Target, data: Buffer): string {
  return word ?? usualOutputOf(sniff(data));
}

async function isFresh({ file, variant, word }: Target, job: Job, options: RunOptions): Promise<boolean> {
  if (options.all || !file || word === undefined) return false;
  const { changed, bytes } = job;
  const record = options.records.of(file.folder);
  const conversion = await fingerprint(variant.conversion(word), options.engine.limits);
  return await record.isFresh(file.name, { conversion, changed, bytes });
}

async function makeOutput(
  target: Target,
  { source, changed, bytes, data }: Job & { readonly data: Buffer },
  { engine, records, write }: RunOptions & Pick<Writer, 'write'>,
): Promise<Outcome> {
  const conversion = target.variant.conversion(wordOf(target, data));
  // Before its watermarks are read: they may change meanwhile.
  const print = await fingerprint(conversion, engine.limits);
  const made = await convert(data, conversion, engine);
  await write(target.path, made.data);
  const { file } = target;
  const written = made.data.length;
  const entry = { source: source.name, conversion: print, changed, bytes, written };
  if (file) records.of(file.folder).add(file.name, entry);
  const { width, height } = made.info;
  const format = made.format.name;
  return makeOutcome(source.path, 'done', { file: target.path, format, width, height, bytes: written });
}

/** Runs jobs, a few at a time: only their pictures are in memory. A job that fails does not stop the others. */
export function createConvertRun(options: RunOptions): ConvertRun {
  const writer = createWriter();
  const work = { ...options, write: writer.write };

  async function runJob(job: Job): Promise<void> {
    const { source, targets } = job;
    let data: Promise<Buffer> | undefined;
    for (const target of targets) {
      const file = target.path;
      options.onStart(source);
      try {
        if (await isFresh(target, job, options)) {
          options.onOutcome(makeOutcome(source.path, 'fresh', { file }));
        } else if (options.isDry) {
          options.onOutcome(makeOutcome(source.path, 'planned', { file }));
        } else {
          data ??= readPicture(source.path);
          options.onOutcome(await makeOutput(target, { ...job, data: await data }, work));
        }
      } catch (error) {
        options.onOutcome(failure(source.path, file, error));
      }
    }
  }

  return {
    run: async (jobs) => {
      const limit = pLimit(options.parallel);
      await Promise.all(jobs.map((job) => limit(() => runJob(job))));
    },
    abandon: () => {
      writer.removeParts();
      options.records.save();
    },
  };
}
