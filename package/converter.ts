import { availableParallelism } from 'node:os';
import { createGate } from '../common/gate.ts';
import { asProblem, Problem } from '../common/problem.ts';
import {
  type CodecPool,
  createCodecPool,
  doors,
  firstPage,
  noPresets,
  readPresets,
  sniff,
  usualOutputOf,
} from '../engine/catalog.ts';
import {
  type Converted,
  convert as convertPicture,
  type ConvertOptions as EngineOptions,
  factsOf,
  inspect as readHeader,
} from '../engine/index.ts';
import { limitFields } from '../engine/settings.ts';
import { readInput } from './input.ts';
import { checkNames, readSettings } from './options.ts';
import { readRequest } from './request.ts';
import type { Converter, ConverterOptions, Input, Inspected, Output } from './types.ts';

const defaultMaxBytes = 256 * 1024 * 1024;
const optionNames = ['limits', 'concurrency', 'maxInputBytes', 'door', 'loadImage', 'presets'];

function outputOf({ data, format, info }: Converted): Output {
  const { passes: _, ...rest } = info;
  const { name, mime, extensions } = format;
  const [extension = name] = extensions;
  return { data, info: { format: name, mime, extension, bytes: data.length, ...rest } };
}

/** Codec workers that start at their first use, and again after they were closed. */
function reopenable(open: () => CodecPool): CodecPool {
  let pool: CodecPool | undefined;
  return {
    run: (request) => {
      pool ??= open();
      return pool.run(request);
    },
    close: async () => {
      const last = pool;
      pool = undefined;
      await last?.close();
    },
  };
}

function engineOptions({ limits = {}, loadImage }: ConverterOptions, running: number): EngineOptions {
  const values = readSettings(limitFields, limits);
  const timeoutMs = values.CONVERSION_SECONDS * 1000;
  return {
    limits: values,
    codecs: reopenable(() => createCodecPool({ workers: running, timeoutMs, waiting: 10_000 })),
    fetchImage: async (image) => {
      if (loadImage) return Buffer.from(await loadImage(image));
      throw new Problem('unprocessable', 'image: expected the option loadImage, which loads it, got none');
    },
  };
}

async function inspectPicture(data: Buffer, options: EngineOptions): Promise<Inspected> {
  return { ...factsOf(await readHeader(data, firstPage, options)), bytes: data.length };
}

/** Rejects with a Problem, whatever went wrong, or with the reason of the caller's signal. */
async function rejectWithProblem<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal?.aborted ? signal.reason : asProblem(error);
  }
}

/** @throws Problem `invalid_param` unless it is a whole number of at least 1. */
function checkCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Problem('invalid_param', `${name}: expected a whole number of at least 1, got ${count}`);
}

/** @throws Problem `invalid_param` unless it is an object: JavaScript has no types. */
function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw new Problem('invalid_param', `${name}: expected an object, got ${String(value)}`);
}

/** A converter with its own limits, queue and codec workers. @throws Problem `invalid_param`. */
export function createConverter(options: ConverterOptions = {}): Converter {
  checkObject('options', options);
  checkNames(options as Readonly<Record<string, unknown>>, optionNames, 'option');
  if (options.limits !== undefined) checkObject('limits', options.limits);
  const { concurrency = availableParallelism(), maxInputBytes = defaultMaxBytes, door = 'inline' } = options;
  if (!Object.hasOwn(doors, door))
    throw new Problem('invalid_param', `door: expected one of ${Object.keys(doors).join(', ')}, got ${door}`);
  checkCount('concurrency', concurrency);
  checkCount('maxInputBytes', maxInputBytes);
  const rules = { door, presets: options.presets ? readPresets(options.presets) : noPresets };
  const engine = engineOptions(options, concurrency);
  const gate = createGate({ running: concurrency });

  /** Reads the input in its slot, so that no more inputs than slots are in memory. */
  const work = <T>(input: Input, use: (data: Buffer) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const run = async (): Promise<T> => use(await readInput(input, maxInputBytes));
    return rejectWithProblem(gate.run(run, 'pixels', signal), signal);
  };

  return {
    convert: async (input, options = {}) => {
      checkObject('options', options);
      const { signal, ...wanted } = options;
      const convertData = async (data: Buffer): Promise<Output> => {
        const conversion = readRequest(wanted, usualOutputOf(sniff(data)), rules);
        signal?.throwIfAborted();
        return outputOf(await convertPicture(data, conversion, engine));
      };
      return await work(input, convertData, signal);
    },
    inspect: (input) => work(input, (data) => inspectPicture(data, engine)),
    close: () => engine.codecs.close(),
  };
}
