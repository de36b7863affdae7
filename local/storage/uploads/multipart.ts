import { freeChunk } from '../../../common/streams/free_chunk.ts';
import { refusal } from '../api/refusal.ts';

export type Related = {
  readonly json: string;
  readonly contentType?: string;
  readonly content: AsyncIterable<Buffer>;
};

/**
 * Splits a `multipart/related` upload into its JSON part and the stream of the second part. Lines may end in CRLF or,
 * from gsutil, in LF. The boundary may have single or double quotes.
 */
export async function readRelated(header: string, source: AsyncIterable<Buffer>): Promise<Related> {
  const boundary = /boundary=(['"]?)([^'";]+)\1/i.exec(header)?.[2];
  if (boundary === undefined) throw refusal(400, 'multipart/related: expected a boundary');
  const reader = reading(source);
  const first = (await reader.until(Buffer.from('\n'))).toString();
  if (first.trimEnd() !== `--${boundary}`)
    throw refusal(400, 'multipart/related: expected the boundary first');
  const eol = first.endsWith('\r') ? '\r\n' : '\n';
  const blank = Buffer.from(eol + eol);
  await reader.until(blank);
  const json = (await reader.until(Buffer.from(`${eol}--${boundary}`))).toString();
  const partHeaders = (await reader.until(blank)).toString();
  const contentType = /^content-type:\s*(.+?)\s*$/im.exec(partHeaders)?.[1];
  const content = reader.streamUntil(Buffer.from(`${eol}--${boundary}`));
  return { json, content, ...(contentType === undefined ? {} : { contentType }) };
}

const maxHeadBytes = 1024 * 1024;

function reading(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const following = async (): Promise<Buffer> => {
    const { value, done } = await chunks.next();
    if (done) throw refusal(400, 'multipart/related: the body ends before its last boundary');
    return value;
  };

  return {
    /** Reads up to `mark`, which is consumed too. */
    async until(mark: Buffer): Promise<Buffer> {
      let end = held.indexOf(mark);
      while (end < 0) {
        if (held.length > maxHeadBytes) throw refusal(400, 'multipart/related: the first part is too large');
        held = Buffer.concat([held, await following()]);
        end = held.indexOf(mark);
      }
      const taken = held.subarray(0, end);
      held = held.subarray(end + mark.length);
      return taken;
    },

    /** Streams up to `mark`; reads and discards the rest of the body. A chunk is freed when the next one is requested. */
    async *streamUntil(mark: Buffer): AsyncGenerator<Buffer> {
      let end = held.indexOf(mark);
      for (; end < 0; end = held.indexOf(mark)) {
        // A mark may begin in the last bytes: hold them until more arrive.
        const safe = Math.max(0, held.length - mark.length + 1);
        if (safe > 0) yield held.subarray(0, safe);
        const rest = held.subarray(safe);
        const next = await following();
        // Bytes are copied only where two chunks meet.
        const isShort = next.length < mark.length;
        const seam = Buffer.concat([rest, next.subarray(0, mark.length)]);
        const isAcross = isShort || seam.includes(mark);
        if (!isAcross && rest.length > 0) yield rest;
        const read = held;
        held = isAcross ? Buffer.concat([rest, next]) : next;
        freeChunk(read);
      }
      if (end > 0) yield held.subarray(0, end);
      while (!(await chunks.next()).done);
    },
  };
}
