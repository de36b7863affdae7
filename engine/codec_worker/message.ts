import type { Duplex } from 'node:stream';

/** A message between the engine and a worker: details as JSON, and bytes that never pass through JSON. */
export interface Message {
  readonly details: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
}

const lengthsBytes = 8;

/** Writes two lengths, the details and the data. The data is not copied, so that a large picture blocks nothing. */
export function writeMessage(stream: Duplex, { details, data }: Message): void {
  const text = Buffer.from(JSON.stringify(details));
  const lengths = Buffer.alloc(lengthsBytes);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(data.length, 4);
  // One system call, and one wake-up of the other process.
  stream.cork();
  stream.write(lengths);
  stream.write(text);
  stream.write(data);
  stream.uncork();
}

/** A buffer of a known length that is filled from chunks of any length. */
class PartialBuffer {
  readonly bytes: Buffer;
  private filled = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  get isFull(): boolean {
    return this.filled === this.bytes.length;
  }

  /** Returns the number of bytes that were taken. */
  take(chunk: Buffer): number {
    const taken = chunk.copy(this.bytes, this.filled);
    this.filled += taken;
    return taken;
  }
}

/** Calls `onMessage` for each message that arrives. A message over `maxBytes` is an error of the stream. */
export function readMessages(stream: Duplex, maxBytes: number, onMessage: (frame: Message) => void): void {
  let parts: PartialBuffer[] = [new PartialBuffer(lengthsBytes)];

  const open = ([lengths]: readonly PartialBuffer[]): PartialBuffer[] => {
    if (lengths === undefined) return parts;
    const sizes = [lengths.bytes.readUInt32BE(0), lengths.bytes.readUInt32BE(4)];
    if (Math.max(...sizes) > maxBytes)
      throw new Error(`frame: expected at most ${maxBytes} bytes, got ${sizes.join(' + ')}`);
    return [lengths, ...sizes.map((size) => new PartialBuffer(size))];
  };
  const finish = ([, text, data]: readonly PartialBuffer[]): void => {
    parts = [new PartialBuffer(lengthsBytes)];
    if (text && data) onMessage({ details: JSON.parse(text.bytes.toString()), data: data.bytes });
  };
  const step = (chunk: Buffer): Buffer => {
    const rest = chunk.subarray(parts.find((part) => !part.isFull)?.take(chunk) ?? 0);
    if (parts.length === 1 && parts[0]?.isFull) parts = open(parts);
    if (parts.length > 1 && parts.every((part) => part.isFull)) finish(parts);
    return rest;
  };
  stream.on('data', (chunk: Buffer) => {
    try {
      for (let rest = chunk; rest.length > 0; ) rest = step(rest);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
}
