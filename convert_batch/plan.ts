import { asProblem } from '../common/problem.ts';
import {
  conversionOf,
  formatNamed,
  noPresets,
  type Preset,
  presetNamed,
  readPlaceholders,
} from '../engine/catalog.ts';
import { carryOver, checkCacheControl } from './carry.ts';
import { whyIgnored } from './ignored.ts';
import type { Job } from './job.ts';
import { outputName, type RequestedOutput } from './output_name.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** The jobs of an object, or the reason why it has none. */
export interface OutputPlan {
  readonly jobs: readonly Job[];
  readonly ignored?: string;
}

const isSize = (text: string, { MAX_OUTPUT_SIDE }: PlanSettings): boolean =>
  /^[1-9]\d{0,8}$/.test(text) && Number(text) <= MAX_OUTPUT_SIDE;
const trimSize = (text: string): string => text.trim().replace(/^0+(?=\d)/, '');

/** The words of a list in lower case. Of words with the same meaning, the first one is kept. */
function distinct(words: readonly string[], meaning: (word: string) => string): readonly string[] {
  const kept = new Map<string, string>();
  for (const word of words.map((one) => one.trim().toLowerCase())) {
    if (word !== '' && !kept.has(meaning(word))) kept.set(meaning(word), word);
  }
  return [...kept.values()];
}

const formatOf = (word: string): string => formatNamed(word)?.name ?? word;
const listOf = (text: string | undefined, otherwise: readonly string[]): readonly string[] =>
  text === undefined ? otherwise : text.split(',');

/** The outputs that an object requests: one per format and size, and one per preset. */
interface RequestedLists {
  readonly formats: readonly string[];
  /** `undefined` alone: the source's size. */
  readonly sizes: readonly (string | undefined)[];
  readonly presets: readonly string[];
}

/** What an object is asked for. Metadata `formats` or `presets` replaces the defaults of both. */
function requestedLists({ metadata }: SourceObject, settings: PlanSettings): RequestedLists {
  const isAsked = metadata.formats !== undefined || metadata.presets !== undefined;
  const formats = listOf(metadata.formats, isAsked ? [] : settings.DEFAULT_FORMATS);
  const sizes = distinct(listOf(metadata.sizes, settings.DEFAULT_SIZES).map(trimSize), (text) => text);
  const presets = listOf(metadata.presets, isAsked ? [] : settings.DEFAULT_PRESETS);
  return {
    formats: distinct(formats, formatOf),
    sizes: sizes.length === 0 ? [undefined] : sizes,
    presets: [...new Set(presets.map((name) => name.trim()).filter(Boolean))],
  };
}

/** Metadata of a few thousand bytes can name millions of outputs: they are counted without being listed. */
const countOf = ({ formats, sizes, presets }: RequestedLists): number =>
  formats.length * sizes.length + presets.length;

/** Presets that leave the format to the client or to the picture make this one here. */
const presetFormat = 'webp';

const formatOfPreset = ({ steps }: Preset): string => {
  const { type = 'auto' } = conversionOf(steps, 'batch').output;
  return type === 'auto' ? presetFormat : type;
};

/** The output of a preset; one without steps stands for a preset that is not known. */
function presetOutput(name: string, { presets = noPresets }: PlanSettings): RequestedOutput {
  const preset = presets.get(name) ?? { name, steps: [] };
  return { format: formatOfPreset(preset), preset };
}

function* requestedOutputs(
  { formats, sizes, presets }: RequestedLists,
  settings: PlanSettings,
): Generator<RequestedOutput> {
  for (const format of formats)
    for (const size of sizes) yield size === undefined ? { format } : { format, size };
  for (const name of presets) yield presetOutput(name, settings);
}

/** `params`, overridden by `params-<format>` in any spelling of the format, then by the output's width. */
function paramsOf(
  { format, size, preset }: RequestedOutput,
  { metadata }: SourceObject,
  settings: PlanSettings,
): string {
  // A preset is a conversion of its own.
  if (preset) return '';
  const merged = new URLSearchParams(metadata.params ?? settings.DEFAULT_PARAMS);
  for (const [key, text] of Object.entries(metadata)) {
    const word = /^params-(.+)$/.exec(key)?.[1];
    if (word === undefined || formatOf(word) !== formatOf(format)) continue;
    for (const [name, value] of new URLSearchParams(text)) merged.set(name, value);
  }
  if (size !== undefined && isSize(size, settings)) merged.set('width', size);
  return merged.toString();
}

/** Why the output cannot be made; empty when no fault is known yet. The engine finds the other faults. */
function faultOf({ size, preset }: RequestedOutput, object: SourceObject, settings: PlanSettings): string {
  if (object.bytes === 0) return 'object: expected a picture, got 0 bytes';
  if (size !== undefined && !isSize(size, settings)) {
    return `sizes: expected widths from 1 to ${settings.MAX_OUTPUT_SIDE}, got ${JSON.stringify(size)}`;
  }
  try {
    readPlaceholders(object.metadata.placeholder);
    if (preset) presetNamed(settings.presets ?? noPresets, preset.name);
    checkCacheControl(object);
    return '';
  } catch (error) {
    return asProblem(error).message;
  }
}

function jobFor(output: RequestedOutput, object: SourceObject, settings: PlanSettings): Job {
  const { name, naming, fault: nameFault } = outputName(output, object, settings);
  const carried = carryOver(object, output.format, settings);
  return {
    format: output.format,
    source: object.name,
    name,
    bucket: object.bucket,
    generation: object.generation,
    params: paramsOf(output, object, settings),
    ...(output.preset ? { steps: JSON.stringify(output.preset.steps) } : {}),
    ...(object.metadata.placeholder ? { placeholder: object.metadata.placeholder } : {}),
    outputs: '[]',
    fault: faultOf(output, object, settings) || nameFault,
    naming,
    ...(Object.keys(carried).length > 0 ? { carry: JSON.stringify(carried) } : {}),
    attempt: 0,
    traceparent: '',
  };
}

/** The first job alone, with the fault that the object has too many outputs. */
const refuseAll = (first: Job, expected: string): readonly Job[] => [
  { ...first, fault: `formats, sizes and presets: expected ${expected}` },
];

/** Longest list of outputs in the body of each task. Queues refuse tasks of more than 1 MB, at every delivery again. */
const maxListCharacters = 800_000;
const charactersOf = (outputs: string): number => new URLSearchParams({ outputs }).toString().length;

/**
 * One job per output that an object requests in its metadata, or gets by the settings. An output that cannot be made
 * is a job too, with a `fault`: the converter only writes its failure record. Pure.
 */
export function jobsFor(object: SourceObject, settings: PlanSettings): OutputPlan {
  const ignored = whyIgnored(object, settings);
  if (ignored) return { jobs: [], ignored };
  const requested = requestedLists(object, settings);
  const count = countOf(requested);
  const [first] = requestedOutputs(requested, settings);
  if (first === undefined) return { jobs: [], ignored: 'no formats asked for' };
  const most = settings.MAX_OUTPUTS;
  if (count > most)
    return { jobs: refuseAll(jobFor(first, object, settings), `at most ${most} outputs, got ${count}`) };
  const jobs = [...requestedOutputs(requested, settings)].map((output) => jobFor(output, object, settings));
  const outputs = JSON.stringify(jobs.map(({ name }) => name));
  const characters = charactersOf(outputs);
  if (jobs[0] && characters > maxListCharacters) {
    const expected = `names of at most ${maxListCharacters} encoded characters together, got ${characters}`;
    return { jobs: refuseAll(jobs[0], expected) };
  }
  return { jobs: jobs.map((job) => ({ ...job, outputs })) };
}
