import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { sharp } from '../../../engine/native/sharp.ts';
import { isInstalled } from '../../support/installed.ts';
import { run } from './conversions.ts';

const execute = promisify(execFile);

/** The shape of a black and white picture, and its colour at six places. Every turn and mirror changes it. */
export type Seen = string;

/** Three places along the longer side, two along the shorter one; a square counts as wide. */
const along = { long: [0.1, 0.5, 0.9], short: [0.25, 0.75] } as const;

interface Grey {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export function seenIn({ data, width, height }: Grey): Seen {
  const isTall = height > width;
  const [across, down] = isTall ? [along.short, along.long] : [along.long, along.short];
  const at = (x: number, y: number): string => {
    const value = data[Math.floor(y * height) * width + Math.floor(x * width)] ?? 0;
    return value > 127 ? 'W' : 'b';
  };
  const rows = down.map((y) => across.map((x) => at(x, y)).join(''));
  return `${isTall ? 'tall' : 'wide'} ${rows.join('/')}`;
}

async function greyOf(bytes: Buffer): Promise<Grey> {
  const { data, info } = await sharp(bytes)
    .flatten({ background: '#fff' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** How the engine reads a file. */
export async function seenByEngine(file: Buffer): Promise<Seen> {
  const { data } = await run(file, { type: 'png', depth: '8' });
  return seenIn(await greyOf(data));
}

/** Programs that read one format and write an upright PNG. */
const programs: Readonly<Record<string, string>> = { avif: 'heif-convert', jxl: 'djxl' };

const pillow = `
import sys, json
from PIL import Image, ImageOps
for line in sys.stdin:
    path = line.rstrip('\\n')
    try:
        image = ImageOps.exif_transpose(Image.open(path)).convert('RGBA')
        white = Image.new('RGBA', image.size, 'white')
        white.alpha_composite(image)
        grey = white.convert('L')
        print(json.dumps([path, *grey.size, grey.tobytes().hex()]), flush=True)
    except Exception as error:
        print(json.dumps([path, 0, 0, '']), flush=True)
`;

/** Whether a Pillow is installed that turns a TIFF once (10 or newer: 9.4 turns it twice); says so when it is not. */
async function hasPillow(): Promise<boolean> {
  if (!isInstalled('python3', 'Pillow reads outputs where it is installed')) return false;
  const isHere = await execute('python3', [
    '-c',
    'import PIL; assert int(PIL.__version__.split(".")[0]) >= 10',
  ]).then(
    () => true,
    () => false,
  );
  if (!isHere) console.warn('skipped: Pillow 10 or newer is not installed');
  return isHere;
}

const toEnd: (() => void)[] = [];
afterAll(() => {
  for (const end of toEnd) end();
});

/** Starts the one Pillow of a test file; it answers a line for each path. */
async function startPillow(): Promise<((path: string) => Promise<string>) | undefined> {
  if (!(await hasPillow())) return undefined;
  const { stdin, stdout } = spawn('python3', ['-c', pillow], { stdio: ['pipe', 'pipe', 'inherit'] });
  toEnd.push(() => stdin.end());
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (path) => {
    stdin.write(`${path}\n`);
    return String((await lines.next()).value);
  };
}

let pillowReader: ReturnType<typeof startPillow> | undefined;

/** How Pillow reads each file that it supports. */
async function seenByPillow(paths: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
  pillowReader ??= startPillow();
  const ask = await pillowReader;
  const seen = new Map<string, Seen>();
  for (const path of ask ? paths : []) {
    const [, width, height, hex] = JSON.parse((await ask?.(path)) ?? '') as [string, number, number, string];
    if (width > 0) seen.set(path, seenIn({ data: Buffer.from(hex, 'hex'), width, height }));
  }
  return seen;
}

async function seenByProgram(paths: readonly string[], type: string): Promise<ReadonlyMap<string, Seen>> {
  const program = programs[type];
  const seen = new Map<string, Seen>();
  if (program === undefined || !isInstalled(program, `reads ${type}`)) return seen;
  for (const path of paths) {
    await execute(program, [path, `${path}.png`]);
    seen.set(path, seenIn(await greyOf(await readFile(`${path}.png`))));
  }
  return seen;
}

/** How independent readers see these files, by file. Readers that are not installed are skipped. */
export const seenByOthers = async (
  paths: readonly string[],
  type: string,
): Promise<readonly ReadonlyMap<string, Seen>[]> => [
  await seenByPillow(paths),
  await seenByProgram(paths, type),
];
