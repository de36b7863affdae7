import { setImmediate } from 'node:timers/promises';
import { shareOfMemory } from '../native/environment.ts';

/** A codec in WebAssembly whose jobs share no memory. */
export interface CleanCodec<Codec> {
  /** Runs one job on an instance that holds nothing of earlier jobs. */
  use<Result>(job: (codec: Codec) => Result | Promise<Result>): Promise<Result>;
}

export interface CleanCodecOptions<Codec> {
  /** Starts an instance. */
  readonly start: () => Promise<Codec>;
  /** Linear memory of an instance, if it may be reset to its state after the start. */
  readonly memory?: (codec: Codec) => Uint8Array;
  /** Releases an instance. */
  readonly drop?: () => void;
}

interface Instance<Codec> {
  readonly codec: Codec;
  /** The memory after the start, without trailing zeros. */
  readonly image?: Uint8Array;
}

/** A larger instance is not kept, because memory of WebAssembly never shrinks. */
const mostKeptBytes = shareOfMemory(1e9) / 4;

function imageOf(memory: Uint8Array): Uint8Array {
  let end = memory.length;
  while (end > 0 && memory[end - 1] === 0) end -= 1;
  return memory.slice(0, end);
}

/**
 * Codecs leave channels and pixels unset that a file does not have, and memory of an earlier job would show there.
 * So each job gets a new instance, or one whose whole memory was reset, which takes a tenth of the time. Both happen
 * after the answer was sent. An instance is dropped after a job that failed.
 */
export function createCleanCodec<Codec>({
  start,
  memory,
  drop,
}: CleanCodecOptions<Codec>): CleanCodec<Codec> {
  let ready: Promise<Instance<Codec>> | undefined;

  const startOne = async (): Promise<Instance<Codec>> => {
    drop?.();
    // V8 does not count the memory of an unreachable instance, so it would collect too late.
    globalThis.gc?.();
    const codec = await start();
    return memory ? { codec, image: imageOf(memory(codec)) } : { codec };
  };
  const resetMemory = ({ codec, image }: Instance<Codec>): boolean => {
    const bytes = memory?.(codec);
    if (bytes === undefined || image === undefined || bytes.length > mostKeptBytes) return false;
    bytes.set(image);
    bytes.fill(0, image.length);
    return true;
  };
  /** The instance of the next job, made after the answer of this one was sent. */
  const next = async (used: Instance<Codec> | undefined): Promise<Instance<Codec>> => {
    await setImmediate();
    return used && resetMemory(used) ? used : await startOne();
  };
  const prepare = (used: Instance<Codec> | undefined): void => {
    ready = next(used);
    // The next job tries again.
    ready.catch(() => {
      ready = undefined;
    });
  };
  return {
    use: async (job) => {
      const instance = await (ready ?? startOne());
      let used: Instance<Codec> | undefined;
      try {
        const result = await job(instance.codec);
        used = instance;
        return result;
      } finally {
        prepare(used);
      }
    },
  };
}
