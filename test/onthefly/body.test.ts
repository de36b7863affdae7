import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Exchange } from '../../convert_stream/http/exchange.ts';
import { bodySource } from '../../convert_stream/onthefly/sources/body.ts';
import { createBufferPool } from '../../convert_stream/upload/buffer_pool.ts';
import { createMemoryBudget, openReservation } from '../../convert_stream/upload/memory_budget.ts';

const budget = createMemoryBudget(1e9);
const source = bodySource({
  maxBytes: 1e8,
  idleMs: 10_000,
  budget,
  isFull: () => false,
  receive: (_req, _res, next) => next(),
  pool: createBufferPool({ most: 1, maxBytes: 1e8 }),
});

/** Reads a body that arrives in these chunks. */
async function readBody(chunks: readonly Buffer[]): Promise<string> {
  const headers = { 'content-length': String(chunks.reduce((sum, { length }) => sum + length, 0)) };
  const req = Object.assign(Readable.from(chunks), { method: 'POST', headers });
  const exchange = { req, res: new EventEmitter() } as unknown as Exchange;
  const flight = { reservation: openReservation(budget), signal: new AbortController().signal };
  const { data } = await (await source.find(exchange, flight)).read(flight.reservation);
  return data.toString();
}

test('the memory of a chunk is free when it is read, before any garbage is collected', async () => {
  const chunks = ['a', 'b'].map((letter) => Buffer.alloc(70_000, letter));
  expect(await readBody(chunks)).toBe('a'.repeat(70_000) + 'b'.repeat(70_000));
  expect(chunks.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0]);
});

test('memory that a chunk shares stays', async () => {
  const shared = Buffer.from('before, chunk, after');
  expect(await readBody([shared.subarray(8, 13)])).toBe('chunk');
  expect(String(shared)).toBe('before, chunk, after');
});
