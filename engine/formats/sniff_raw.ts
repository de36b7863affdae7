import { has } from './sniffing.ts';

const tag = { make: 271, subIfds: 330, dngVersion: 50706 };
/** Makers whose raw files are TIFFs with the sensor's data in a sub-directory. */
const makers = /^(NIKON|SONY|PENTAX|SAMSUNG)/i;

interface Entry {
  readonly tag: number;
  readonly value: number;
}

/** The first directory of a TIFF (TIFF 6.0, section 2), as far as it lies in `head`. */
function firstDirectory(head: Buffer): readonly Entry[] {
  const little = has(head, 'II*\0');
  if (!little && !has(head, 'MM\0*')) return [];
  const int = (at: number, bytes: number): number =>
    little ? head.readUIntLE(at, bytes) : head.readUIntBE(at, bytes);
  const at = int(4, 4);
  if (at + 2 > head.length) return [];
  const room = Math.floor((head.length - at - 2) / 12);
  return Array.from({ length: Math.min(int(at, 2), room) }, (_, i) => ({
    tag: int(at + 2 + 12 * i, 2),
    value: int(at + 2 + 12 * i + 8, 4),
  }));
}

/** Whether this is a camera's raw file: by its own magic number, or a TIFF that says it is one. */
export function isRaw(head: Buffer): boolean {
  if (['IIRO', 'IIRS', 'MMOR', 'FUJIFILMCCD-RAW', 'IIU\0'].some((magic) => has(head, magic))) return true;
  if (head.length < 16) return false;
  if (has(head, 'II*\0') && has(head, 'CR\x02', 8)) return true;
  const entries = firstDirectory(head);
  const find = (wanted: number): Entry | undefined => entries.find((entry) => entry.tag === wanted);
  if (find(tag.dngVersion)) return true;
  const make = find(tag.make)?.value ?? 0;
  return find(tag.subIfds) !== undefined && makers.test(head.toString('latin1', make, make + 8));
}
