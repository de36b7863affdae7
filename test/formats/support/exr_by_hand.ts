/** A channel of an OpenEXR file: `value` in linear light by column and row of the picture. */
export interface ExrChannel {
  readonly name: string;
  /** One sample for so many columns and rows. */
  readonly every?: number;
  readonly value: (x: number, y: number) => number;
}

const text = (word: string): Buffer => Buffer.from(`${word}\0`, 'latin1');

const int32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4);
  return bytes;
};

const float32 = (...values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

const attribute = (name: string, type: string, value: Buffer): Buffer =>
  Buffer.concat([text(name), text(type), int32(value.length), value]);

const floats = 2;

const row = (channels: readonly ExrChannel[], y: number, width: number): Buffer =>
  Buffer.concat(
    channels
      .filter(({ every = 1 }) => y % every === 0)
      .map(({ every = 1, value }) =>
        float32(...Array.from({ length: Math.ceil(width / every) }, (_, index) => value(index * every, y))),
      ),
  );

/** OpenEXR 2, one part, scan lines, no compression, 32 bits a sample. */
export function exr(given: readonly ExrChannel[], width: number, height: number): Buffer {
  const channels = [...given].sort((one, other) => (one.name < other.name ? -1 : 1));
  const list = channels.map(({ name, every = 1 }) =>
    Buffer.concat([text(name), int32(floats, 0, every, every)]),
  );
  const box = int32(0, 0, width - 1, height - 1);
  const head = Buffer.concat([
    int32(20000630, 2),
    attribute('channels', 'chlist', Buffer.concat([...list, Buffer.alloc(1)])),
    attribute('compression', 'compression', Buffer.alloc(1)),
    attribute('dataWindow', 'box2i', box),
    attribute('displayWindow', 'box2i', box),
    attribute('lineOrder', 'lineOrder', Buffer.alloc(1)),
    attribute('pixelAspectRatio', 'float', float32(1)),
    attribute('screenWindowCenter', 'v2f', float32(0, 0)),
    attribute('screenWindowWidth', 'float', float32(1)),
    Buffer.alloc(1),
  ]);
  const rows = Array.from({ length: height }, (_, y) => {
    const samples = row(channels, y, width);
    return Buffer.concat([int32(y, samples.length), samples]);
  });
  const table = Buffer.alloc(8 * height);
  let at = head.length + table.length;
  for (const [y, { length }] of rows.entries()) {
    table.writeBigUInt64LE(BigInt(at), y * 8);
    at += length;
  }
  return Buffer.concat([head, table, ...rows]);
}

/** Every sample the same. */
export const flat = (name: string, value: number): ExrChannel => ({ name, value: () => value });
