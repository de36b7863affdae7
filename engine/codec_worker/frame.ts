import type { Duplex } from 'node:stream';

/** What travels between the engine and its worker: facts as JSON, and bytes that are never copied through JSON. */
export interface Frame {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
}

const lengthsBytes = 8;

/** Two lengths, the facts, the data: written as they are, so that a large picture never blocks the event loop. */
export function writeFrame(stream: Duplex, { facts, data }: Frame): void {
  const text = Buffer.from(JSON.stringify(facts));
  const lengths = Buffer.alloc(lengthsBytes);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(data.length, 4);
  stream.write(lengths);
  stream.write(text);
  stream.write(data);
}

/** Fills a buffer of a known length from chunks of any length. */
class Filling {
  readonly bytes: Buffer;
  private filled = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  get full(): boolean {
    return this.filled === this.bytes.length;
  }

  /** How many bytes of the chunk were taken. */
  take(chunk: Buffer): number {
    const taken = chunk.copy(this.bytes, this.filled);
    this.filled += taken;
    return taken;
  }
}

/** Calls `onFrame` for each frame that arrives. A frame over `maxBytes` is an error of the stream. */
export function readFrames(stream: Duplex, maxBytes: number, onFrame: (frame: Frame) => void): void {
  let parts: Filling[] = [new Filling(lengthsBytes)];

  const open = ([lengths]: readonly Filling[]): Filling[] => {
    if (lengths === undefined) return parts;
    const sizes = [lengths.bytes.readUInt32BE(0), lengths.bytes.readUInt32BE(4)];
    if (Math.max(...sizes) > maxBytes) throw new Error(`frame of ${sizes.join(' + ')} bytes`);
    return [lengths, ...sizes.map((size) => new Filling(size))];
  };
  const finish = ([, text, data]: readonly Filling[]): void => {
    parts = [new Filling(lengthsBytes)];
    if (text && data) onFrame({ facts: JSON.parse(text.bytes.toString()), data: data.bytes });
  };
  const step = (chunk: Buffer): Buffer => {
    const rest = chunk.subarray(parts.find((part) => !part.full)?.take(chunk) ?? 0);
    if (parts.length === 1 && parts[0]?.full) parts = open(parts);
    if (parts.length > 1 && parts.every((part) => part.full)) finish(parts);
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
