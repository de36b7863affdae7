import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { CodecPool } from '../../engine/codec_worker/pool.ts';
import { inputFormat, sniff } from '../../engine/formats/index.ts';
import { decodePng, meanDifference, type RgbaPixels } from './compare.ts';
import { decodeByEngine } from './ours.ts';
import { decodeByPeer, type InstalledPeer } from './peers.ts';
import type { FileRow, PeerCell } from './rows.ts';
import type { SheetLine } from './sheet.ts';

export interface ExamineOptions {
  readonly codecs: CodecPool;
  readonly peers: readonly InstalledPeer[];
  /** A folder for the files that peers write. */
  readonly scratch: string;
  /** Names of the formats to examine. Default: all. */
  readonly formats?: readonly string[];
}

export interface Examined {
  readonly row: FileRow;
  readonly line: SheetLine;
}

/** The format by the bytes of the file, otherwise by its name; undefined for files that are not pictures. */
function formatOf(file: string, input: Buffer): string | undefined {
  try {
    return sniff(input).name;
  } catch {
    return inputFormat(extname(file).slice(1))?.name;
  }
}

const sizeOf = ({ width, height }: RgbaPixels): string => `${width}x${height}`;

async function cellOf(
  peer: string,
  png: Buffer | undefined,
  ours: RgbaPixels | undefined,
): Promise<PeerCell> {
  const pixels = png && (await decodePng(png).catch(() => undefined));
  if (!pixels) return { peer };
  const difference = ours && meanDifference(ours, pixels);
  return { peer, size: sizeOf(pixels), ...(difference === undefined ? {} : { difference }) };
}

/** Decodes a file with the engine and every peer; undefined if it is not a picture or not in `formats`. */
export async function examine(file: string, options: ExamineOptions): Promise<Examined | undefined> {
  const input = await readFile(file);
  const format = formatOf(file, input);
  if (format === undefined || options.formats?.includes(format) === false) return undefined;
  const { png, problem } = await decodeByEngine(input, options.codecs);
  const ours = png && (await decodePng(png));
  const asked = options.peers.filter(({ formats }) => formats?.includes(format) ?? true);
  const decoded = await Promise.all(
    asked.map(async (peer) => ({
      name: peer.name,
      png: await decodeByPeer(peer, file, join(options.scratch, peer.name)),
    })),
  );
  const row: FileRow = {
    file,
    format,
    ...(ours ? { size: sizeOf(ours) } : {}),
    ...(problem ? { problem } : {}),
    peers: await Promise.all(decoded.map((one) => cellOf(one.name, one.png, ours))),
  };
  const pictures = options.peers.map(({ name }) => decoded.find((one) => one.name === name)?.png);
  return { row, line: { label: `${file}: ${problem ?? row.size}`, pictures: [png, ...pictures] } };
}
