import { asProblem } from '../../common/problem.ts';
import { formatNamed } from '../../engine/formats/index.ts';
import type { Job } from '../job.ts';
import { carriedBy, checkCacheControl } from './carry.ts';
import type { FanSettings } from './config.ts';
import { whyIgnored } from './ignored.ts';
import { outputName, type Wish } from './output_name.ts';
import type { SourceObject } from './source.ts';

/** The jobs of an object, or why it has none. */
export interface Plan {
  readonly jobs: readonly Job[];
  readonly ignored?: string;
}

const maxSize = 16_383;
const isSize = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= maxSize;
const plainSize = (text: string): string => text.trim().replace(/^0+(?=\d)/, '');

/** Words of a list, lower-cased; those that mean the same are one, the first spelling wins. */
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

function wishesOf({ metadata }: SourceObject, settings: FanSettings): readonly Wish[] {
  const formats = distinct(listOf(metadata.formats, settings.DEFAULT_FORMATS), formatOf);
  const sizes = distinct(listOf(metadata.sizes, settings.DEFAULT_SIZES).map(plainSize), (text) => text);
  return formats.flatMap((format) =>
    sizes.length === 0 ? [{ format }] : sizes.map((size) => ({ format, size })),
  );
}

/** `params`, then what `params-<format>` says for any spelling of this format, then the width of this output. */
function paramsOf({ format, size }: Wish, { metadata }: SourceObject, settings: FanSettings): string {
  const merged = new URLSearchParams(metadata.params ?? settings.DEFAULT_PARAMS);
  for (const [key, text] of Object.entries(metadata)) {
    const word = /^params-(.+)$/.exec(key)?.[1];
    if (word === undefined || formatOf(word) !== formatOf(format)) continue;
    for (const [name, value] of new URLSearchParams(text)) merged.set(name, value);
  }
  if (size !== undefined && isSize(size)) merged.set('width', size);
  return merged.toString();
}

/** Why this output cannot be; empty: nothing known against it. What the engine knows better is left to it. */
function faultOf({ size }: Wish, object: SourceObject, nameFault: string): string {
  if (object.bytes === 0) return 'object: expected a picture, got 0 bytes';
  if (size !== undefined && !isSize(size)) {
    return `sizes: expected widths from 1 to ${maxSize}, got ${JSON.stringify(size)}`;
  }
  try {
    checkCacheControl(object);
    return nameFault;
  } catch (error) {
    return asProblem(error).message;
  }
}

function jobFor(wish: Wish, object: SourceObject, settings: FanSettings): Job {
  const { name, naming, fault } = outputName(wish, object, settings);
  const carried = carriedBy(object, wish.format, settings);
  return {
    format: wish.format,
    source: object.name,
    name,
    bucket: object.bucket,
    generation: object.generation,
    params: paramsOf(wish, object, settings),
    outputs: '[]',
    fault: faultOf(wish, object, fault),
    naming,
    ...(Object.keys(carried).length > 0 ? { carry: JSON.stringify(carried) } : {}),
    attempt: 0,
    traceparent: '',
  };
}

/** One job that says there are too many, in the name of the first. */
function tooMany(wishes: readonly Wish[], first: Job, limit: number): readonly Job[] {
  const fault = `formats and sizes: expected at most ${limit} outputs, got ${wishes.length}`;
  return [{ ...first, fault }];
}

/**
 * One job per output that an object asks for by its metadata or the settings. Outputs that cannot be are jobs
 * too, with a `fault`: all that comes of them is a failure record. Pure.
 */
export function jobsFor(object: SourceObject, settings: FanSettings): Plan {
  const ignored = whyIgnored(object, settings);
  if (ignored) return { jobs: [], ignored };
  const wishes = wishesOf(object, settings);
  const [first, ...rest] = wishes
    .slice(0, settings.MAX_OUTPUTS)
    .map((wish) => jobFor(wish, object, settings));
  if (first === undefined) return { jobs: [], ignored: 'no formats asked for' };
  if (wishes.length > settings.MAX_OUTPUTS) return { jobs: tooMany(wishes, first, settings.MAX_OUTPUTS) };
  const jobs = [first, ...rest];
  const outputs = JSON.stringify(jobs.map(({ name }) => name));
  return { jobs: jobs.map((job) => ({ ...job, outputs })) };
}
