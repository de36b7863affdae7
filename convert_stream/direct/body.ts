import type { IncomingMessage } from 'node:http';
import { Problem } from '../../common/problem.ts';

/** More than all fields of an upload can need. */
const maxBytes = 64 * 1024;

/** Reads a small body as text. @throws Problem `too_large`; `upload_timeout` when it takes longer than `withinMs`. */
export function readSmallBody(req: IncomingMessage, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void): void => {
      clearTimeout(late);
      req.off('data', add);
      settle();
    };
    const fail = (problem: Problem): void => end(() => reject(problem));
    const add = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes)
        fail(new Problem('too_large', `body: expected the fields of an upload, at most ${maxBytes} bytes`));
    };
    const late = setTimeout(
      () => fail(new Problem('upload_timeout', 'body: expected the rest of it, got nothing more')),
      withinMs,
    );
    req.on('data', add).once('end', () => end(() => resolve(Buffer.concat(chunks).toString())));
    req.once('error', (cause) =>
      fail(new Problem('upload_timeout', 'body: the connection was closed', { cause })),
    );
  });
}
