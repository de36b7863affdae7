import type { ObjectFacts } from '../cloud/storage.ts';
import { readConfig } from '../common/config.ts';
import { type FieldTable, readFields, type ValuesOf } from '../common/field.ts';
import { asProblem } from '../common/problem.ts';
import { type FanSettings, choiceFields as fanChoices, fanFields } from '../convert_batch/gcf/config.ts';
import { jobsFor, type Plan } from '../convert_batch/gcf/jobs.ts';
import { servedHeaders } from '../convert_batch/gcf/source.ts';
import type { World } from './command.ts';
import type { Target } from './target.ts';

/** Fan's own description of what it makes, as flags. What a flag leaves open is asked of Fan. */
export const rulesFields = {
  INCLUDE: { ...fanChoices.INCLUDE, flag: 'include' },
  EXCLUDE: { ...fanChoices.EXCLUDE, flag: 'exclude' },
  MAX_OUTPUTS: { ...fanChoices.MAX_OUTPUTS, flag: 'max-outputs' },
  NAMES: { ...fanChoices.NAMES, flag: 'names' },
  CARRY_METADATA: { ...fanChoices.CARRY_METADATA, flag: 'carry-metadata' },
} as const satisfies FieldTable;

export const choiceFields = {
  DEFAULT_FORMATS: { ...fanChoices.DEFAULT_FORMATS, flag: 'formats' },
  DEFAULT_SIZES: { ...fanChoices.DEFAULT_SIZES, flag: 'sizes' },
  DEFAULT_PARAMS: { ...fanChoices.DEFAULT_PARAMS, flag: 'params' },
  ...rulesFields,
} as const satisfies FieldTable;

export type Choices = ValuesOf<typeof fanChoices> & { readonly DEST_PREFIX?: string };

const { values: defaults } = readFields(fanFields as FieldTable, [], 'exact');

const chosen = (texts: World['env']): World['env'] =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => Object.hasOwn(fanChoices, name)));

/** What Fan runs with, or what the environment says where Fan cannot be asked. */
async function toldTexts(target: Target, { env, err }: World): Promise<World['env']> {
  if (target.isLocal) return await target.fanTexts();
  try {
    return await target.fanTexts();
  } catch (error) {
    err(`imagetx: ${asProblem(error).message}; flags and the environment stand in for them`);
    return env;
  }
}

/** What Fan makes of objects: as flags say, else as Fan is set. */
export async function choicesFor(
  flags: Readonly<Record<string, string>>,
  target: Target,
  world: World,
): Promise<Choices> {
  const told = await toldTexts(target, world);
  const prefix = flags.DEST_PREFIX ?? told.DEST_PREFIX;
  return {
    ...readConfig(fanChoices, { ...chosen(told), ...chosen(flags) }),
    ...(prefix === undefined ? {} : { DEST_PREFIX: prefix }),
  };
}

/** The jobs that Fan makes of an object. */
export function plannedFor(
  object: { readonly name: string; readonly facts: ObjectFacts },
  target: Pick<Target, 'source' | 'destination' | 'prefix'>,
  choices: Partial<Choices> = {},
): Plan {
  const { name, facts } = object;
  const { generation, bytes } = facts;
  const metadata = Object.fromEntries(
    Object.entries(facts.metadata).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const headers = Object.fromEntries(
    servedHeaders.flatMap((header) => (facts[header] === undefined ? [] : [[header, facts[header]]])),
  );
  const settings = {
    ...(defaults as unknown as FanSettings),
    ...choices,
    SRC_BUCKET_NAME: target.source,
    DEST_BUCKET_NAME: target.destination,
    DEST_PREFIX: choices.DEST_PREFIX ?? target.prefix,
  };
  return jobsFor({ bucket: target.source, name, generation, bytes, metadata, ...headers }, settings);
}
