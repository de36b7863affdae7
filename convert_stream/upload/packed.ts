import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../../common/problem.ts';
import { type PooledBytes, unpooledBytes } from '../../common/streams/growing_buffer.ts';
import { codingsIn, unpack } from '../../common/streams/unpack.ts';
import { openReservation } from './memory_budget.ts';
import { type BodyOptions, tooLarge } from './meter.ts';

/** How a body was packed, by its headers (RFC 9110, 8.4; RFC 9112, 6.1). */
const codingsOf = ({ headers }: IncomingMessage): readonly string[] =>
  codingsIn([headers['content-encoding'] ?? [], headers['transfer-encoding'] ?? []].flat());

/** @throws Problem `unsupported_input` for a form that is packed. */
export function refusePacked(req: IncomingMessage): void {
  const codings = codingsOf(req);
  if (codings.length === 0) return;
  throw new Problem(
    'unsupported_input',
    `Content-Encoding: expected a form that is not packed, got ${codings.join(', ')}`,
  );
}

/**
 * Unpacks a body that is not a form. A body that is not packed after all is returned as it is.
 * @throws Problem `too_large`, `too_busy`.
 */
export async function unpackBody(
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  body: PooledBytes,
  options: BodyOptions,
): Promise<PooledBytes> {
  const codings = codingsOf(req);
  if (codings.length === 0) return body;
  const { maxBytes, budget } = options;
  const reservation = openReservation(budget);
  res.on('close', () => reservation[Symbol.dispose]());
  const limits = {
    maxBytes,
    reserve: reservation.add,
    tooLarge: () => tooLarge(`more than ${maxBytes} when unpacked`, options),
  };
  try {
    const data = await unpack(body.data, { ...limits, codings });
    body.release();
    return unpooledBytes(data);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    return body;
  }
}
