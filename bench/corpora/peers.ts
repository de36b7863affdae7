import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A decoder that shares no code with the engine: it writes the first picture of a file as PNG. */
export interface Peer {
  readonly name: string;
  /** The formats that it decodes. Default: all. */
  readonly formats?: readonly string[];
  /** Its possible programs, the preferred one first. */
  readonly programs: readonly string[];
  /** Arguments that make the program show that it is this decoder. */
  readonly probe: readonly string[];
  /** A pattern in the output of the probe. */
  readonly says: RegExp;
  readonly args: (file: string, png: string) => readonly string[];
}

const pillow = [
  'import sys',
  'from PIL import Image, ImageOps',
  'picture = ImageOps.exif_transpose(Image.open(sys.argv[1]))',
  'wide = picture.mode.startswith(("I", "F"))',
  'picture.convert("RGBA" if picture.mode != "CMYK" else "RGB").save(sys.argv[2]) if not wide else sys.exit("wide samples")',
].join('\n');

export const peers: readonly Peer[] = [
  {
    name: 'ImageMagick',
    programs: ['magick', 'convert-im6.q16', 'convert'],
    probe: ['-version'],
    says: /ImageMagick/,
    args: (file, png) => [`${file}[0]`, '-auto-orient', '-depth', '8', '-colorspace', 'sRGB', `png32:${png}`],
  },
  {
    name: 'vips',
    programs: ['vips'],
    probe: ['--version'],
    says: /vips/,
    args: (file, png) => ['autorot', file, png],
  },
  {
    name: 'Pillow',
    programs: ['python3'],
    probe: ['-c', 'import PIL; print("Pillow", PIL.__version__)'],
    says: /Pillow/,
    args: (file, png) => ['-c', pillow, file, png],
  },
  {
    name: 'heif-convert',
    formats: ['heif', 'avif'],
    programs: ['heif-convert'],
    probe: ['--help'],
    says: /heif-convert/i,
    args: (file, png) => [file, png],
  },
  {
    name: 'avifdec',
    formats: ['avif'],
    programs: ['avifdec'],
    probe: ['--version'],
    says: /dav1d|aom/,
    args: (file, png) => ['--depth', '8', file, png],
  },
  {
    name: 'djxl',
    formats: ['jxl'],
    programs: ['djxl'],
    probe: ['--version'],
    says: /JPEG XL|djxl/i,
    args: (file, png) => [file, png],
  },
  {
    name: 'opj_decompress',
    formats: ['jp2', 'j2k'],
    programs: ['opj_decompress'],
    probe: ['-h'],
    says: /opj_decompress/i,
    args: (file, png) => ['-i', file, '-o', png],
  },
  {
    name: 'rsvg-convert',
    formats: ['svg'],
    programs: ['rsvg-convert'],
    probe: ['--version'],
    says: /rsvg/i,
    args: (file, png) => [file, '-o', png],
  },
];

/** A peer with its installed program. */
export interface InstalledPeer extends Peer {
  readonly program: string;
}

async function isPeer(program: string, { probe, says }: Peer): Promise<boolean> {
  const { stdout, stderr } = await run(program, [...probe], { timeout: 10_000 }).catch((error) => error);
  return says.test(`${stdout ?? ''}${stderr ?? ''}`);
}

/** The installed peers, and the names of the others. */
export async function findPeers(): Promise<{
  readonly installed: readonly InstalledPeer[];
  readonly missing: readonly string[];
}> {
  const installed: InstalledPeer[] = [];
  for (const peer of peers) {
    for (const program of peer.programs) {
      if (!(await isPeer(program, peer))) continue;
      installed.push({ ...peer, program });
      break;
    }
  }
  const names = installed.map(({ name }) => name);
  return { installed, missing: peers.map(({ name }) => name).filter((name) => !names.includes(name)) };
}

const timeoutMs = 30_000;

/** Decodes a file to PNG with a peer; undefined if it refuses. `place` is an output path without extension. */
export async function decodeByPeer(
  peer: InstalledPeer,
  file: string,
  place: string,
): Promise<Buffer | undefined> {
  const png = `${place}.png`;
  try {
    await run(peer.program, [...peer.args(file, png)], { timeout: timeoutMs, maxBuffer: 64e6 });
    return await readFile(png);
  } catch {
    return undefined;
  } finally {
    await rm(png, { force: true });
  }
}
