import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../common/problem.ts';
import type { Input } from './types.ts';

const tooLarge = (maxBytes: number): Problem =>
  new Problem('too_large', `image: expected at most ${maxBytes} bytes, got more`);

function checked(data: Buffer, maxBytes: number): Buffer {
  if (data.length > maxBytes) throw tooLarge(maxBytes);
  return data;
}

/** What went wrong with a file or a stream of the caller, who may know its reason. */
function readingProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const { message = String(cause), code } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  return new Problem(isMissing ? 'not_found' : 'invalid_param', `image: ${message}`, { cause });
}

/** @throws Problem `invalid_param` for an address: the library fetches nothing by itself. */
function checkPath(path: string | URL): void {
  const [, scheme = ''] = /^(https?|data|blob):/i.exec(String(path)) ?? [];
  if (scheme !== '')
    throw new Problem(
      'invalid_param',
      `image: expected a path or bytes, got a URL of ${scheme}: fetch it first`,
    );
}

async function readPath(path: string | URL, maxBytes: number): Promise<Buffer> {
  checkPath(path);
  const { size } = await stat(path);
  if (size > maxBytes) throw tooLarge(maxBytes);
  return checked(await readFile(path), maxBytes);
}

/** Counts the bytes as they arrive. */
async function readStream(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    if (!(part instanceof Uint8Array))
      throw new Problem('invalid_param', `image: expected a stream of bytes, got one of ${typeof part}`);
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

const isStream = (input: object): input is AsyncIterable<Uint8Array> => Symbol.asyncIterator in input;

function kindOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return String(input);
  return input.constructor?.name ?? 'an object';
}

async function readBytes(input: Input, maxBytes: number): Promise<Buffer> {
  if (typeof input === 'string' || input instanceof URL) return await readPath(input, maxBytes);
  if (Buffer.isBuffer(input)) return checked(input, maxBytes);
  if (input instanceof Uint8Array)
    return checked(Buffer.from(input.buffer, input.byteOffset, input.byteLength), maxBytes);
  if (input instanceof ArrayBuffer) return checked(Buffer.from(input), maxBytes);
  if (input instanceof Blob) {
    if (input.size > maxBytes) throw tooLarge(maxBytes);
    return Buffer.from(await input.arrayBuffer());
  }
  if (typeof input === 'object' && input !== null && isStream(input))
    return await readStream(input, maxBytes);
  throw new Problem(
    'invalid_param',
    `image: expected bytes, a Blob, a stream, or the path of a file, got ${kindOf(input)}`,
  );
}

/** The bytes of an input. @throws Problem `missing_image`, `too_large`, `not_found`, `invalid_param`. */
export async function readInput(input: Input, maxBytes: number): Promise<Buffer> {
  const data = await readBytes(input, maxBytes).catch((cause: unknown) => {
    throw readingProblem(cause);
  });
  if (data.length === 0) throw new Problem('missing_image', 'image: expected a picture, got no bytes');
  return data;
}
