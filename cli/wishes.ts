import type { ObjectFacts } from '../cloud/storage.ts';
import { type FieldTable, readFields, type ValuesOf } from '../common/field.ts';
import { fanFields } from '../convert_batch/gcf/config.ts';
import { type FanSettings, jobsFor, type Plan } from '../convert_batch/gcf/jobs.ts';
import type { Target } from './target.ts';

/** What Fan makes of objects that do not say it themselves: as it is set, so must the flags be. */
export const choiceFields = {
  DEFAULT_FORMATS: {
    kind: 'list',
    default: [],
    flag: 'formats',
    doc: 'Formats of objects whose metadata names none. Without it such objects are left alone.',
  },
  DEFAULT_SIZES: {
    kind: 'list',
    default: [],
    flag: 'sizes',
    doc: 'Widths in pixels of objects whose metadata names none.',
  },
  DEFAULT_PARAMS: {
    kind: 'string',
    default: '',
    flag: 'params',
    doc: 'Conversion parameters of objects whose metadata has none, as a query string.',
  },
} as const satisfies FieldTable;

export type Choices = ValuesOf<typeof choiceFields>;

const noChoices: Choices = { DEFAULT_FORMATS: [], DEFAULT_SIZES: [], DEFAULT_PARAMS: '' };
const { values: defaults } = readFields(fanFields as FieldTable, [], 'exact');

/** The jobs that Fan makes of an object. */
export function plannedFor(
  object: { readonly name: string; readonly facts: ObjectFacts },
  target: Pick<Target, 'source' | 'destination' | 'prefix'>,
  choices: Choices = noChoices,
): Plan {
  const { name, facts } = object;
  const { generation, bytes } = facts;
  const metadata = Object.fromEntries(
    Object.entries(facts.metadata).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const settings = {
    ...(defaults as unknown as FanSettings),
    DEFAULT_FORMATS: choices.DEFAULT_FORMATS,
    DEFAULT_SIZES: choices.DEFAULT_SIZES,
    DEFAULT_PARAMS: choices.DEFAULT_PARAMS,
    SRC_BUCKET_NAME: target.source,
    DEST_BUCKET_NAME: target.destination,
    DEST_PREFIX: target.prefix,
  };
  return jobsFor({ bucket: target.source, name, generation, bytes, metadata }, settings);
}
