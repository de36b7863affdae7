import { createHash } from 'node:crypto';

/** What is kept: facts as JSON, and bytes. */
export interface Entry<Facts> {
  readonly facts: Facts;
  readonly data: Buffer;
}

const magic = Buffer.from('imagetx1');
const hashBytes = 32;
const lengthBytes = 4;

/** A hash of the name too: an entry under another name is as good as none. */
const hashOf = (name: string, ...parts: readonly Buffer[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256').update(name)).digest();

/** An entry as bytes: a mark, a hash, the length of the facts, the facts, the data. Copies the data. */
export function encodeEntry<Facts>(name: string, { facts, data }: Entry<Facts>): Buffer {
  const json = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(json.length);
  return Buffer.concat([magic, hashOf(name, length, json, data), length, json, data]);
}

/** The entry of these bytes; undefined when they are not whole, were changed, or belong to another name. */
export function decodeEntry<Facts>(name: string, bytes: Buffer): Entry<Facts> | undefined {
  const start = magic.length + hashBytes;
  if (bytes.length < start + lengthBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  if (!hashOf(name, bytes.subarray(start)).equals(bytes.subarray(magic.length, start))) return undefined;
  const dataAt = start + lengthBytes + bytes.readUInt32BE(start);
  const facts = JSON.parse(bytes.toString('utf8', start + lengthBytes, dataAt)) as Facts;
  return { facts, data: bytes.subarray(dataAt) };
}
