import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import sharp, { type Sharp } from 'sharp';

/** A picture of coloured shapes: something to crop, blur and lay text on. */
const drawing = (width: number, height: number): Sharp =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#357"/><stop offset="1" stop-color="#fb6"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/>
    <circle cx="30%" cy="35%" r="15%" fill="#e33"/><rect x="55%" y="50%" width="30%" height="35%" fill="#2a6"/></svg>`),
  ).removeAlpha();

const button = `<svg xmlns="http://www.w3.org/2000/svg" width="172" height="42"><rect width="172" height="42" rx="6" fill="#638"/></svg>`;

const photo = (): Promise<Buffer> =>
  drawing(550, 740)
    .withExif({ IFD0: { Copyright: 'none' } })
    .withMetadata({ orientation: 1, icc: 'srgb' })
    .jpeg({ quality: 92 })
    .toBuffer();

/** Pictures of the sizes and types that the recorded cases use, drawn here. */
const drawn: Readonly<Record<string, () => Promise<Buffer | string>>> = {
  'imaginary.jpg': photo,
  'generated/truncated.jpg': async () => {
    const whole = await photo();
    return whole.subarray(0, Math.floor(whole.length * 0.6));
  },
  'large.jpg': () => drawing(1920, 1080).jpeg().toBuffer(),
  'medium.jpg': () => drawing(970, 644).withIccProfile('srgb').jpeg().toBuffer(),
  'smart-crop.jpg': () => drawing(700, 1050).jpeg().toBuffer(),
  'test.png': () => drawing(400, 300).ensureAlpha(0.8).png().toBuffer(),
  'test.webp': () => drawing(550, 368).webp().toBuffer(),
  'flyio-button.svg': async () => button,
  '1024bytes': async () => '1'.repeat(1024),
};

/** A folder with all pictures of the cases, and a certificate. */
export async function testPictures(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imagetx-cases-'));
  await cp(path.join(import.meta.dirname, 'testdata'), folder, { recursive: true });
  await Promise.all(
    Object.entries(drawn).map(async ([name, draw]) => await writeFile(path.join(folder, name), await draw())),
  );
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
  await writeFile(path.join(folder, 'server.key'), key);
  await writeFile(path.join(folder, 'server.crt'), cert);
  return folder;
}

/** A picture of that folder by its plain name. */
export const readPicture = async (folder: string, name: string): Promise<Buffer> =>
  await readFile(path.join(folder, name)).catch(() => readFile(path.join(folder, 'generated', name)));
