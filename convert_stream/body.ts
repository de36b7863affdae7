import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../common/problem.ts';
import { busy } from '../engine/gate.ts';
import type { Buffered } from './buffered.ts';

export interface BodyOptions {
  /** Largest request body. */
  readonly maxBytes: number;
  /** Longest pause between two pieces of it. */
  readonly idleMs: number;
  /** Where its bytes are counted together with those of all other requests. */
  readonly buffered: Buffered;
  /** Whether work on it would be sent away: it is refused before it is read then. */
  readonly isFull: () => boolean;
}

const tooLarge = (bytes: string, maxBytes: number): Problem =>
  new Problem(
    'too_large',
    `body: expected at most ${maxBytes} bytes, got ${bytes}; larger pictures go through the batch door: upload them to the source bucket`,
  );

/** What is wrong before any byte of the body has come. */
function announced({ headers }: IncomingMessage, { maxBytes, isFull }: BodyOptions): Problem | undefined {
  if (isFull()) return busy();
  const length = headers['content-length'];
  return Number(length ?? 0) > maxBytes ? tooLarge(`${length}`, maxBytes) : undefined;
}

/**
 * Counts the body's bytes as they arrive, whoever reads them: call it, then read the request at once.
 * Their room in `buffered` is given back when the answer is out or the client gone.
 * `fail` is called once at most: `too_large`, `too_busy`, or `upload_timeout` when it stands still.
 */
export function meterBody(
  req: IncomingMessage,
  res: ServerResponse,
  options: BodyOptions & { readonly fail: (problem: Problem) => void },
): void {
  const { maxBytes, idleMs, buffered } = options;
  const refused = announced(req, options);
  if (refused) return void options.fail(refused);
  let bytes = 0;

  const stop = (): void => {
    clearTimeout(idle);
    req.off('data', count);
  };
  const fail = (problem: Problem): void => {
    stop();
    options.fail(problem);
  };
  const idle = setTimeout(
    () => fail(new Problem('upload_timeout', `body: expected the rest of it, got nothing for ${idleMs} ms`)),
    idleMs,
  );
  const count = (chunk: Buffer): void => {
    idle.refresh();
    if (bytes + chunk.length > maxBytes) return void fail(tooLarge(`more than ${maxBytes}`, maxBytes));
    if (!buffered.take(chunk.length)) {
      return void fail(
        new Problem('too_busy', 'Too many uploads are under way; try again later', { retryAfter: 1 }),
      );
    }
    bytes += chunk.length;
  };

  req.on('data', count).once('end', stop);
  res.once('close', () => {
    stop();
    buffered.give(bytes);
    bytes = 0;
  });
}
