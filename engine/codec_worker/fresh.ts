import { setImmediate } from 'node:timers/promises';
import { shareOfMemory } from '../native/memory.ts';

/** A codec as WebAssembly. */
export interface Fresh<Codec> {
  /** Runs one job. Its instance holds nothing of the jobs before it. */
  use<Result>(job: (codec: Codec) => Result | Promise<Result>): Promise<Result>;
}

export interface FreshOptions<Codec> {
  /** Starts an instance, whose memory is zero but for its own. */
  readonly start: () => Promise<Codec>;
  /** Its linear memory, where it can be put back to what it was after the start. */
  readonly memory?: (codec: Codec) => Uint8Array;
  /** Lets go of an instance. */
  readonly drop?: () => void;
}

interface Instance<Codec> {
  readonly codec: Codec;
  /** The memory after the start, without the zeros at its end. */
  readonly image?: Uint8Array;
}

/** An instance of more memory is not kept: memory of WebAssembly never shrinks. */
const mostKeptBytes = shareOfMemory(1e9) / 4;

function imageOf(memory: Uint8Array): Uint8Array {
  let end = memory.length;
  while (end > 0 && memory[end - 1] === 0) end -= 1;
  return memory.slice(0, end);
}

/**
 * Coders leave channels and pixels unset where a file does not hold them, and the memory of an earlier job would show
 * there. So each job has a new instance, or one whose whole memory was put back to what it was after the start, which
 * takes a tenth of the time. Both happen when the answer has left. A job that failed may have left anything: it gets
 * a new instance.
 */
export function createFresh<Codec>({ start, memory, drop }: FreshOptions<Codec>): Fresh<Codec> {
  let ready: Promise<Instance<Codec>> | undefined;

  const startOne = async (): Promise<Instance<Codec>> => {
    drop?.();
    // V8 does not see how large the memory of the instance is that nothing refers to any more.
    globalThis.gc?.();
    const codec = await start();
    return memory ? { codec, image: imageOf(memory(codec)) } : { codec };
  };
  const wiped = ({ codec, image }: Instance<Codec>): boolean => {
    const bytes = memory?.(codec);
    if (bytes === undefined || image === undefined || bytes.length > mostKeptBytes) return false;
    bytes.set(image);
    bytes.fill(0, image.length);
    return true;
  };
  /** The instance of the next job, when the answer of this one has left. */
  const next = async (used: Instance<Codec> | undefined): Promise<Instance<Codec>> => {
    await setImmediate();
    return used && wiped(used) ? used : await startOne();
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
