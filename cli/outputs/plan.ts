import { readText } from '../../cloud/read_text.ts';
import type { ObjectInfo } from '../../cloud/storage.ts';
import { readConfig } from '../../common/fields/config.ts';
import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import { conversionFor } from '../../convert_batch/conversion.ts';
import type { Job } from '../../convert_batch/job.ts';
import { jobsFor, type OutputPlan } from '../../convert_batch/plan.ts';
import { planFields } from '../../convert_batch/plan_fields.ts';
import { servedHeaders } from '../../convert_batch/source.ts';
import { type Conversion, type DoorName, loadPresets, type Presets } from '../../engine/catalog.ts';
import type { World } from '../command.ts';
import type { Target } from '../target/target.ts';

type Texts = World['env'];

/** Fan's settings that an upload's metadata cannot override, as flags. Without a flag the command asks Fan. */
export const ruleFlags = {
  INCLUDE: { ...planFields.INCLUDE, flag: 'include' },
  EXCLUDE: { ...planFields.EXCLUDE, flag: 'exclude' },
  MAX_OUTPUTS: { ...planFields.MAX_OUTPUTS, flag: 'max-outputs' },
  NAMES: { ...planFields.NAMES, flag: 'names' },
  CARRY_METADATA: { ...planFields.CARRY_METADATA, flag: 'carry-metadata' },
  PRESETS: { ...planFields.PRESETS, flag: 'presets-file' },
} as const satisfies FieldTable;

/** Fan's settings that decide which outputs an object has, as flags. */
export const planFlags = {
  DEFAULT_FORMATS: { ...planFields.DEFAULT_FORMATS, flag: 'formats' },
  DEFAULT_SIZES: { ...planFields.DEFAULT_SIZES, flag: 'sizes' },
  DEFAULT_PARAMS: { ...planFields.DEFAULT_PARAMS, flag: 'params' },
  DEFAULT_PRESETS: { ...planFields.DEFAULT_PRESETS, flag: 'presets' },
  ...ruleFlags,
} as const satisfies FieldTable;

/** Fan's settings as far as they decide which outputs an object has. */
export type PlanRules = ValuesOf<typeof planFields> & {
  readonly DEST_PREFIX?: string;
  readonly presets?: Presets;
};

const pickPlanTexts = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => Object.hasOwn(planFields, name)));

/** Fan's settings; the environment where Fan cannot be asked. */
async function readFanTexts(target: Target, { env, err }: World): Promise<Texts> {
  if (target.isLocal) return await target.fanTexts();
  try {
    return await target.fanTexts();
  } catch (error) {
    err(`imagetx: ${asProblem(error).message}; using flags and the environment instead`);
    return env;
  }
}

/** The rules by which Fan plans: flags first, then the settings of the running Fan. */
export async function readPlanRules(
  flags: Readonly<Record<string, string>>,
  target: Target,
  world: World,
): Promise<PlanRules> {
  const texts = await readFanTexts(target, world);
  const prefix = flags.DEST_PREFIX ?? texts.DEST_PREFIX;
  const rules = readConfig(planFields, { ...pickPlanTexts(texts), ...pickPlanTexts(flags) });
  return {
    ...rules,
    presets: await loadPresets(rules.PRESETS, (place) => readText(place, target.store)),
    ...(prefix === undefined ? {} : { DEST_PREFIX: prefix }),
  };
}

const defaultRules: PlanRules = readConfig(planFields, {});

/** The jobs that Fan makes of an object. */
export function planFor(
  { name, info }: { readonly name: string; readonly info: ObjectInfo },
  target: Pick<Target, 'source' | 'destination' | 'prefix'>,
  rules: Partial<PlanRules> = {},
): OutputPlan {
  const { generation, bytes } = info;
  const metadata = Object.fromEntries(
    Object.entries(info.metadata).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const headers = Object.fromEntries(
    servedHeaders.flatMap((header) => (info[header] === undefined ? [] : [[header, info[header]]])),
  );
  const settings = {
    ...defaultRules,
    ...rules,
    SRC_BUCKET_NAME: target.source,
    DEST_BUCKET_NAME: target.destination,
    DEST_PREFIX: rules.DEST_PREFIX ?? target.prefix,
  };
  return jobsFor({ bucket: target.source, name, generation, bytes, metadata, ...headers }, settings);
}

/** The conversion that flags request, checked before any picture is read. @throws Problem `invalid_param`. */
export function conversionFromFlags(
  output: Pick<Job, 'format' | 'params' | 'steps' | 'fault'>,
  door: DoorName = 'batch',
): Conversion {
  try {
    return conversionFor(output, door);
  } catch (cause) {
    throw new Problem('invalid_param', asProblem(cause).message, { cause });
  }
}
