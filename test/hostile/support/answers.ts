import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Exchange } from './framing.ts';

const lastChunk = '\r\n0\r\n\r\n';

/** Where the answer ends whose head ends at `headEnd`; -1 where more is to come. */
function endOf(bytes: Buffer, headEnd: number): number {
  const head = bytes.toString('latin1', 0, headEnd);
  // The last chunk may follow the head's own line end.
  const chunked = bytes.indexOf(lastChunk, headEnd + 2);
  if (/^transfer-encoding: chunked/im.test(head)) return chunked === -1 ? -1 : chunked + lastChunk.length;
  const end = headEnd + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return end <= bytes.length ? end : -1;
}

/** The statuses of the final answers in these bytes, as far as they are whole. */
export function statusesIn(bytes: Buffer): readonly number[] {
  const headEnd = bytes.indexOf('\r\n\r\n');
  const end = headEnd === -1 ? -1 : endOf(bytes, headEnd);
  if (end === -1) return [];
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(bytes.toString('latin1', 0, headEnd)) ?? [];
  const rest = statusesIn(bytes.subarray(end));
  return Number(status) < 200 ? rest : [Number(status), ...rest];
}

/** Sends an exchange; resolves with what came back when all answers are there, or the connection has ended. */
export async function answersTo({ pieces, answers }: Exchange, port: number): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const got: Buffer[] = [];
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', (data) => {
    got.push(data);
    if (answers !== undefined && statusesIn(Buffer.concat(got)).length >= answers) socket.destroy();
  });
  for (const piece of pieces) {
    socket.write(piece);
    await turn();
  }
  if (answers === undefined) socket.end();
  await closed;
  return Buffer.concat(got);
}
