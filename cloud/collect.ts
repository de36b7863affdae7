import type { Readable } from 'node:stream';
import { Problem } from '../common/problem.ts';

export interface CollectOptions {
  readonly what: string;
  readonly maxBytes?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * A read stream of the storage client in one piece, counted as it arrives.
 * @throws Problem `too_large`; what the stream fails with; the signal's reason.
 */
export function collect(stream: Readable, { what, maxBytes, signal }: CollectOptions): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const give = (reason: unknown): void => {
    reject(reason);
    stop(reason);
  };
  const { stop } = stopper(stream);
  const onAbort = (): void => give(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > (maxBytes ?? Number.POSITIVE_INFINITY)) give(tooLarge(what, maxBytes));
  });
  stream.on('error', reject);
  stream.on('end', () => resolve(Buffer.concat(chunks, bytes)));
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

const tooLarge = (what: string, maxBytes?: number): Problem =>
  new Problem('too_large', `${what}: larger than the limit of ${maxBytes} bytes`);

/**
 * The client pipes the answer into its stream when the answer comes. A stream that is destroyed by then ends
 * the process (ERR_STREAM_UNABLE_TO_PIPE on Node 24), so it is destroyed after that, not before.
 */
function stopper(stream: Readable) {
  let isAnswered = false;
  stream.once('response', (answer: Readable) => {
    // The client listens eleven times to each answer; Node would warn of a leak at every read.
    answer.setMaxListeners(20);
    setImmediate(() => {
      isAnswered = true;
    });
  });
  return {
    stop(reason: unknown): void {
      const error = reason instanceof Error ? reason : new Error('stopped', { cause: reason });
      if (isAnswered) stream.destroy(error);
      else stream.once('response', () => setImmediate(() => stream.destroy(error)));
    },
  };
}
