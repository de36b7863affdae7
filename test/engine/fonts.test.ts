import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fontsFile } from '../../engine/native/environment.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
let host = '';
let hidden = '';
let none = '';

/** A word as a watermark and as text of an SVG, drawn by a process that sees these fonts: one line of hex each. */
const script = `
  import { sharp } from '${root}/engine/native/sharp.ts';
  import { drawText } from '${root}/engine/pixels/watermark_text.ts';
  process.env.FONTCONFIG_FILE = process.argv.at(-1);
  const overlay = { kind: 'text', text: 'Hällo Жук', font: 'sans 10', dpi: 150, wrap: 200, margin: 9, opacity: 1,
    colour: { r: 0, g: 0, b: 0, alpha: 1 }, tiled: false, at: 'centre' };
  const { input, raw } = await drawText(overlay, { width: 300, height: 100 });
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><text x="5" y="25" font-family="sans-serif">Hällo Жук</text></svg>';
  const drawn = await sharp(Buffer.from(svg)).raw().toBuffer();
  console.log(raw.width, raw.height, input.toString('hex'));
  console.log(drawn.toString('hex'));
`;

async function drawnWith(fonts: string): Promise<readonly string[]> {
  const file = join(folder, 'draw.ts');
  await writeFile(file, script);
  const { stdout } = await promisify(execFile)(process.execPath, [file, fonts], { maxBuffer: 1e7 });
  return stdout.trim().split('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fonts-'));
  const copy = join(folder, 'fonts');
  await cp(dirname(fontsFile), copy, { recursive: true });
  // On a host without fonts the file that is included is missing, which is the same as not to include it.
  const settings = await readFile(fontsFile, 'utf8');
  expect(settings).toContain('<include ignore_missing="yes">');
  host = fontsFile;
  hidden = join(copy, 'fonts.conf');
  none = join(folder, 'none.conf');
  await writeFile(hidden, settings.replace(/<include.*<\/include>/, ''));
  await writeFile(none, '<fontconfig></fontconfig>');
});
afterAll(() => rm(folder, { recursive: true }));

test('a word looks the same whatever fonts the host has, and unlike boxes', async () => {
  const [watermark, svg] = await drawnWith(hidden);
  expect(await drawnWith(host)).toEqual([watermark, svg]);
  const [boxes, svgBoxes] = await drawnWith(none);
  expect(watermark).not.toBe(boxes);
  expect(svg).not.toBe(svgBoxes);
});

test('the font comes with its licence', async () => {
  const licence = await readFile(join(dirname(fontsFile), 'OFL.txt'), 'utf8');
  expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1');
});
