import { deflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { animation, blue, drawn, flat, jpeg, open, png, quad, red, scenery } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const picture = () => open(scenery(200, 150));
const makers: Readonly<Record<string, () => Promise<Buffer>>> = {
  jpeg: () => picture().jpeg().toBuffer(),
  'progressive jpeg': () => picture().jpeg({ progressive: true }).toBuffer(),
  png: () => picture().png().toBuffer(),
  webp: () => picture().webp().toBuffer(),
  gif: () => animation('gif', [red, blue, red]),
  avif: () => picture().avif({ effort: 0 }).toBuffer(),
  tiff: () => picture().tiff({ compression: 'lzw' }).toBuffer(),
};
const samples = Object.fromEntries(
  await Promise.all(Object.entries(makers).map(async ([name, make]) => [name, await make()] as const)),
);
const sample = (name: string): Buffer => samples[name] ?? Buffer.alloc(0);

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(type, 4, 'latin1');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(Buffer.concat([head.subarray(4), body])));
  return Buffer.concat([head, body, sum]);
}
function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
function pngOf(width: number, height: number, ...more: readonly Buffer[]): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  size.set([1, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.min((Math.ceil(width / 8) + 1) * height, 1e6)));
  const parts = [chunk('IHDR', size), ...more, chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}
const packings = new Map<number, Buffer>();
/** A chunk of zeros that are small until they are unpacked. */
function packed(type: string, bytes: number): Buffer {
  const zeros = packings.get(bytes) ?? deflateSync(Buffer.alloc(bytes));
  packings.set(bytes, zeros);
  return chunk(type, Buffer.concat([Buffer.from('a\0\0'), zeros]));
}
function resized(input: Buffer, at: number, value: number, order: 'BE' | 'LE'): Buffer {
  const out = Buffer.from(input);
  order === 'BE' ? out.writeUInt16BE(value, at) : out.writeUInt16LE(value, at);
  return out;
}
const jpegFrame = (input: Buffer): number => input.indexOf(Buffer.from([0xff, 0xc0]));

/** A TIFF of so many pages that have nothing in them. */
function tiffOf(pages: number): Buffer {
  const pageBytes = 6;
  const file = Buffer.alloc(8 + pages * pageBytes);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  for (let page = 1; page < pages; page += 1)
    file.writeUInt32LE(8 + page * pageBytes, 8 + page * pageBytes - 4);
  return file;
}

/** A block of EXIF with so many entries, each of which says that they all are in it once more. */
function exifIn(entries: number): Buffer {
  const block = Buffer.alloc(6 + 8 + 2 + 12 * entries + 4);
  block.write('Exif\0\0II*\0', 'latin1');
  block.writeUInt32LE(8, 10);
  block.writeUInt16LE(entries, 14);
  for (let at = 16; at + 12 <= block.length - 4; at += 12) {
    block.writeUInt16LE(0x8769, at);
    block.writeUInt16LE(4, at + 2);
    block.writeUInt32LE(1, at + 4);
    block.writeUInt32LE(8, at + 8);
  }
  return block;
}

/** A JPEG with such a block at an offset. */
function exifOf(entries: number, at = 2): Buffer {
  const block = exifIn(entries);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(block.length + 2, 2);
  return Buffer.concat([sample('jpeg').subarray(0, at), head, block, sample('jpeg').subarray(at)]);
}

/** A PNG with such a block before its last chunk, which is 12 bytes long. */
function lateExifOf(entries: number): Buffer {
  const block = chunk('eXIf', exifIn(entries).subarray(6));
  return Buffer.concat([sample('png').subarray(0, -12), block, sample('png').subarray(-12)]);
}

const scanAt = (): number => sample('jpeg').indexOf(Buffer.from([0xff, 0xda]));

/** A picture and behind it blocks of EXIF that all begin with the same 5,000 entries. */
function exifBlocks(name: string, count: number): Buffer {
  const blocks = Buffer.alloc(8 * count);
  for (let at = 0; at < blocks.length; at += 8) {
    blocks.write('II*\0', at, 'latin1');
    blocks.writeUInt32LE(blocks.length - at, at + 4);
  }
  const directory = Buffer.alloc(2 + 12 * 5_000);
  directory.writeUInt16LE(5_000);
  return Buffer.concat([sample(name), blocks, directory]);
}

const little = (value: number, bytes: number): Buffer => {
  const out = Buffer.alloc(bytes);
  out.writeUIntLE(value, 0, bytes);
  return out;
};
const riff = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const data = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), little(data.length, 4), data, Buffer.alloc(data.length % 2)]);
};
const onePixel = (
  await open(drawn(1, 1, () => red))
    .webp()
    .toBuffer()
).subarray(12);

/** An animated WebP of many frames of one pixel on a canvas of any size. */
function webpOf(frames: number, width: number, height: number): Buffer {
  const canvas = riff('VP8X', little(2, 4), little(width - 1, 3), little(height - 1, 3));
  const frame = riff('ANMF', Buffer.alloc(16), onePixel);
  const all = [canvas, riff('ANIM', Buffer.alloc(6)), ...Array.from({ length: frames }, () => frame)];
  return riff('RIFF', Buffer.from('WEBP'), ...all);
}

/** A TIFF of one directory of these tags, all numbers, and nothing else. */
function tiffTagged(tags: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(tags).map(([tag, value]) =>
    Buffer.concat([little(Number(tag), 2), little(4, 2), little(1, 4), little(value, 4)]),
  );
  const head = [Buffer.from('II*\0', 'latin1'), little(8, 4), little(entries.length, 2)];
  return Buffer.concat([...head, ...entries, little(0, 4)]);
}
const grey = { 256: 100, 257: 100, 258: 8, 259: 1, 262: 1, 277: 1 };

/** An AVIF that says it is so large. */
function avifOf(side: number): Buffer {
  const file = Buffer.from(sample('avif'));
  const size = file.indexOf('ispe') + 8;
  file.writeUInt32BE(side, size);
  file.writeUInt32BE(side, size + 4);
  return file;
}

/** An icon of one picture. */
const iconOf = (picture: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0]),
    little(picture.length, 4),
    little(22, 4),
    picture,
  ]);

/** A GIF of many frames of one pixel on a screen of any size. */
function gifOf(frames: number, width: number, height: number): Buffer {
  const screen = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  const frame = Buffer.from(
    '\x21\xf9\x04\x04\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0',
    'latin1',
  );
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.from(';')]);
}
const svg = (inside: string, attributes = 'width="90" height="60"', before = ''): Buffer =>
  Buffer.from(
    `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</svg>`,
  );

const laughs = `<!DOCTYPE svg [<!ENTITY a "ha">${Array.from('bcdefghij', (name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`).join('')}]>`;
const uses = Array.from(
  { length: 30 },
  (_, i) => `<g id="u${i + 1}"><use href="#u${i}"/><use href="#u${i}"/></g>`,
).join('');

/** What is sent, and the answers that are right. `none` is a picture. */
const rows: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ['nothing', Buffer.alloc(0), ['missing_image']],
  ['one byte', Buffer.from([0xff]), ['unsupported_input']],
  ['zero bytes', Buffer.alloc(4096), ['unsupported_input']],
  ['text', Buffer.from('this is not a picture.jpg'), ['unsupported_input']],
  ['a web page', Buffer.from('<!DOCTYPE html><html><svg></svg></html>'), ['unsupported_input']],
  ['other XML', Buffer.from('<?xml version="1.0"?><rss><svg/></rss>'), ['unsupported_input']],
  ['JSON', Buffer.from('{"svg":"<svg>"}'), ['unsupported_input']],
  [
    'an executable',
    Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(500)]),
    ['unsupported_input'],
  ],
  ['JPEG magic and nothing', Buffer.from('\xff\xd8\xff', 'latin1'), ['corrupt_image']],
  ['JPEG magic and text', Buffer.from('\xff\xd8\xff\xe0 it is only text', 'latin1'), ['corrupt_image']],
  ['PNG magic and nothing', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ['corrupt_image']],
  ['PNG of 100,000 x 100,000', pngOf(100_000, 100_000), ['too_many_pixels']],
  ['PNG of 2^31 x 1', pngOf(2 ** 31 - 1, 1), ['too_many_pixels', 'corrupt_image']],
  ['PNG of 0 x 0', pngOf(0, 0), ['corrupt_image']],
  ['PNG without its pixels', pngOf(7000, 7000), ['none', 'corrupt_image']],
  ['PNG with a text of 200 MB', pngOf(9, 9, packed('zTXt', 2e8)), ['none', 'corrupt_image']],
  [
    'JPEG of 65,500 x 65,500',
    resized(
      resized(sample('jpeg'), jpegFrame(sample('jpeg')) + 5, 65_500, 'BE'),
      jpegFrame(sample('jpeg')) + 7,
      65_500,
      'BE',
    ),
    ['too_many_pixels'],
  ],
  ['JPEG taller than its data', resized(sample('jpeg'), jpegFrame(sample('jpeg')) + 5, 9000, 'BE'), ['none']],
  ['JPEG of no height', resized(sample('jpeg'), jpegFrame(sample('jpeg')) + 5, 0, 'BE'), ['corrupt_image']],
  [
    'GIF of 65,535 x 65,535',
    resized(resized(sample('gif'), 6, 65_535, 'LE'), 8, 65_535, 'LE'),
    // A screen that no frame fills is not believed.
    ['none'],
  ],
  ['TIFF whose directory lies outside of it', Buffer.from('II*\0\xae\x78\0\0', 'latin1'), ['corrupt_image']],
  ['TIFF of 400,000 pages', tiffOf(400_000), ['corrupt_image']],
  ['TIFF of one page, without end', resized(tiffOf(1), 10, 8, 'LE'), ['corrupt_image']],
  ['GIF of 10,000 frames', gifOf(10_000, 1, 1), ['none']],
  // Its first frame alone, as PNG, is within the limits; all of them are not.
  ['GIF of 10,000 large frames', gifOf(10_000, 2000, 2000), ['none', 'too_many_pixels']],
  ['GIF of no frame', gifOf(0, 9, 9), ['corrupt_image']],
  ['GIF of 100,000 frames', gifOf(100_000, 1, 1), ['none']],
  ['JPEG whose EXIF is in itself', exifOf(1), ['none']],
  ['JPEG whose EXIF is in itself 5,000 times', exifOf(5_000), ['corrupt_image']],
  ['JPEG with such EXIF between frame and scan', exifOf(5_000, scanAt()), ['corrupt_image']],
  ['JPEG with such EXIF at its end', exifOf(5_000, sample('jpeg').length), ['none']],
  [
    'PNG with such EXIF before its pixels',
    pngOf(9, 9, chunk('eXIf', exifIn(5_000).subarray(6))),
    ['corrupt_image'],
  ],
  ['PNG with such EXIF behind its pixels', lateExifOf(5_000), ['corrupt_image']],
  ['GIF with a million blocks of EXIF before one directory', exifBlocks('gif', 1_000_000), ['corrupt_image']],
  ['JPEG with a million of them behind its pixels', exifBlocks('jpeg', 1_000_000), ['none']],
  ['PNG with a profile of 200 MB', pngOf(9, 9, packed('iCCP', 2e8)), ['none']],
  [
    'PNG with 1,000 texts of 4 MB',
    pngOf(9, 9, ...Array.from({ length: 1_000 }, () => packed('zTXt', 4e6))),
    ['none'],
  ],
  ['WebP of 16,383 x 16,383', webpOf(2, 16_383, 16_383), ['too_many_pixels']],
  ['WebP of 2^24 x 2^24', webpOf(2, 2 ** 24, 2 ** 24), ['corrupt_image']],
  ['WebP of 10,000 frames', webpOf(10_000, 1, 1), ['none']],
  ['WebP of 10,000 large frames', webpOf(10_000, 4000, 4000), ['none', 'too_many_pixels']],
  ['AVIF of 60,000 x 60,000', avifOf(60_000), ['too_many_pixels']],
  [
    'TIFF with a strip of 4 GB',
    tiffTagged({ ...grey, 273: 8, 278: 2 ** 32 - 1, 279: 2 ** 32 - 256 }),
    ['none'],
  ],
  [
    'TIFF with tiles of 2^31',
    tiffTagged({ ...grey, 322: 2 ** 31 - 16, 323: 2 ** 31 - 16, 324: 8, 325: 99 }),
    ['corrupt_image'],
  ],
  [
    'TIFF of 65,535 bands',
    tiffTagged({ ...grey, 273: 8, 277: 65_535, 278: 100, 279: 99 }),
    ['corrupt_image'],
  ],
  ['icon of 20,000 x 20,000', iconOf(pngOf(20_000, 20_000)), ['too_many_pixels']],
  ['icon in an icon', iconOf(iconOf(Buffer.alloc(40))), ['corrupt_image']],
  ['SVG of 100,000 x 100,000', svg('<rect/>', 'width="100000" height="100000"'), ['too_many_pixels']],
  ['SVG of 1e30', svg('<rect/>', 'width="1e30" height="1e30"'), ['too_many_pixels', 'corrupt_image']],
  [
    'SVG without a size',
    svg('<rect width="9" height="9"/>', ''),
    ['none', 'corrupt_image', 'too_many_pixels'],
  ],
  ['SVG of no size', svg('<rect/>', 'width="0" height="0"'), ['corrupt_image']],
  [
    'SVG with a picture of 20,000 x 20,000 in it',
    svg(
      `<image width="9" height="9" href="data:image/png;base64,${pngOf(20_000, 20_000).toString('base64')}"/>`,
    ),
    ['too_many_pixels'],
  ],
  [
    'SVG in an SVG',
    svg(
      `<image width="9" height="9" href="data:image/svg+xml,%3csvg xmlns='http://www.w3.org/2000/svg'/>"/>`,
    ),
    ['none'],
  ],
  ['SVG of 100,000 levels', svg(`${'<g>'.repeat(1e5)}${'</g>'.repeat(1e5)}`), ['none', 'corrupt_image']],
  [
    'SVG that doubles 30 times',
    svg(`<defs><rect id="u0" width="1" height="1"/>${uses}</defs><use href="#u30"/>`),
    ['corrupt_image'],
  ],
  ['SVG that uses itself', svg('<g id="a"><use href="#a"/></g>'), ['none', 'corrupt_image']],
  ['SVG with entities', svg('<text>&j;</text>', 'width="90" height="60"', laughs), ['corrupt_image']],
  [
    'SVG with an outside entity',
    svg(
      '<text>&x;</text>',
      'width="90" height="60"',
      '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    ['corrupt_image'],
  ],
  [
    'SVG with an outside DTD',
    svg(
      '<rect/>',
      'width="90" height="60"',
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/svg11.dtd">',
    ),
    ['none'],
  ],
  ['SVG in UTF-16', Buffer.from(`\ufeff${svg('<rect/>')}`, 'utf16le'), ['none']],
  [
    'SVG that is not closed',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect>'),
    ['corrupt_image'],
  ],
  ['SVG with script', svg('<script>while(true){}</script><rect onload="x()"/>'), ['none']],
  [
    // Made small, they are soon done.
    'SVG with 50 turbulences',
    svg(
      `<filter id="f">${'<feTurbulence numOctaves="99999" baseFrequency="0.1"/>'.repeat(50)}</filter><rect width="90" height="60" filter="url(#f)"/>`,
      'width="2000" height="2000"',
    ),
    ['none'],
  ],
  [
    'SVG of 40,000 layers',
    svg('<path d="M1 1L5 9L9 3z" opacity=".5"/>'.repeat(40_000), 'width="2000" height="2000"'),
    ['none', 'conversion_timeout'],
  ],
  [
    'SVG with a shadow',
    svg('<filter id="f"><feDropShadow dx="2" dy="2"/></filter><rect width="9" height="9" filter="url(#f)"/>'),
    ['none'],
  ],
  [
    'SVG with a blur of 1e9',
    svg(
      '<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter><rect width="90" height="60" filter="url(#f)"/>',
    ),
    ['none', 'corrupt_image'],
  ],
];

/** Bounded time: what is slow ends with the conversion's own limit; the others may take their time. */
const limitsFor = (expected: readonly string[]) => ({
  CONVERSION_SECONDS: expected.includes('conversion_timeout') ? 3 : 60,
});

test.each(rows)('%s', async (_name, input, expected) => {
  const limits = limitsFor(expected);
  for (const steps of [
    ['resize width=20&type=png'],
    ['autorotate', 'smartcrop width=9&height=9', 'convert type=webp'],
  ]) {
    expect(expected).toContain(await codeOf(run(input, steps, { limits })));
  }
});

test.each([
  [
    'letters that are each placed by hand',
    `<text x="${'1 '.repeat(20_000)}">${'a'.repeat(20_000)}</text>`,
    'width="90" height="60"',
  ],
  ['a long line', `<text y="20">${'lorem ipsum '.repeat(8_000)}</text>`, 'width="90" height="60"'],
  ['a long line that says the size', `<text y="20">${'lorem ipsum '.repeat(8_000)}</text>`, ''],
])('an SVG of %s ends with the conversion', async (_name, inside, attributes) => {
  const options = { limits: { CONVERSION_SECONDS: 1 } };
  expect(await codeOf(run(svg(inside, attributes), 'convert type=png', options))).toBe('conversion_timeout');
});

test('of a GIF of 10,000 frames the first 1,000 are kept, and the rest is told', async () => {
  const { info } = await run(gifOf(10_000, 1, 1), 'autorotate');
  expect([info.input.pages, info.pages]).toEqual([10_000, 1000]);
  expect(info.framesLeftOut).toBe(9_000);
});

test.each(['png called jpg', 'jpg called svg'])('a %s is what its bytes are', async (name) => {
  const input = name.startsWith('png') ? await png(quad()) : await jpeg(quad());
  const { info } = await run(input, 'convert type=webp');
  expect(info.input.format).toBe(name.startsWith('png') ? 'png' : 'jpeg');
});

const cuts = Object.keys(makers).flatMap((name) => [0.5, 0.9, 0.99].map((part) => [name, part] as const));

test.each(cuts)('%s cut off at %f: read as far as it goes on the fly, refused inline', async (name, part) => {
  const whole = sample(name);
  const input = whole.subarray(0, Math.floor(whole.length * part));
  expect(['none', 'corrupt_image']).toContain(await codeOf(run(input, 'resize width=50')));
  const inline = await codeOf(run(input, 'resize width=50', { door: 'inline' }));
  // A GIF that is cut off has fewer frames; the last bytes of AVIF may say nothing of the pixels.
  expect(part < 0.95 && name !== 'gif' ? ['corrupt_image'] : ['none', 'corrupt_image']).toContain(inline);
});

test('a truncated JPEG gives the picture as far as it goes', async () => {
  const input = sample('jpeg').subarray(0, sample('jpeg').length * 0.6);
  expect((await run(input, 'resize width=100')).info.width).toBe(100);
});

test.each(Object.keys(makers))(
  '%s with flipped bits is a picture or a refusal, never a crash',
  async (name) => {
    const whole = sample(name);
    const flips = fc.array(fc.nat(whole.length * 8 - 1), { minLength: 1, maxLength: 20 });
    const right = ['none', 'corrupt_image', 'unsupported_input', 'too_many_pixels', 'output_too_large'];
    const seldom = ['unprocessable'];
    await fc.assert(
      fc.asyncProperty(flips, async (bits) => {
        const bent = Buffer.from(whole);
        for (const bit of bits) bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const door of ['onthefly', 'inline'] as const) {
          // A flip may turn the magic into that of another format, whose codec these tests have not.
          expect([...right, ...seldom]).toContain(
            await codeOf(run(bent, 'resize width=50&type=jpeg', { door })),
          );
        }
      }),
      { numRuns: 40 },
    );
  },
);

test('a large flat picture is no bomb', async () => {
  const { info } = await run(await flat(7000, 7000), 'fit width=100&height=100');
  expect([info.width, info.height]).toEqual([100, 100]);
});

/** The most work that each effect can be asked for, and the megapixels of the picture. */
const heaviest: readonly (readonly [query: string, megapixels: number])[] = [
  ['sigma=1000', 16],
  ['median=15', 1],
  ['sharpen=10', 4],
  ['pixelate=2', 12],
  ['pixelate=1000', 12],
  ['radius=max', 12],
  ['padding=1000', 4],
  ['trim=255', 8],
  ['normalise=true&hue=180&contrast=10&tint=red&duotone=red,blue&threshold=99&negate=true', 4],
];

test.each(heaviest)('%s of %i megapixels ends within the time of a conversion', async (query, megapixels) => {
  const width = 4000;
  const input = await flat(width, (megapixels * 1e6) / width, 'jpeg');
  const { info } = await run(input, `convert type=jpeg&${query}`);
  expect(info.width).toBeGreaterThanOrEqual(width);
});

test.each([
  'padding=16383&dpr=8',
  'height=4000&dpr=8&fit=fill',
  'minwidth=16383&dpr=2',
  'width=9000&fit=outside&height=9000',
])('%s makes no picture over the limits', async (query) => {
  expect(await codeOf(run(sample('jpeg'), `resize width=200&${query}`))).toBe('output_too_large');
});

test('a picture that is too large to be held is not trimmed', async () => {
  const input = await flat(400, 300);
  const limits = { MAX_OUTPUT_MEGAPIXELS: 0.1 };
  expect(await codeOf(run(input, 'resize width=40&trim=10', { limits }))).toBe('output_too_large');
  expect(await codeOf(run(input, ['resize width=100', 'convert type=png&trim=10'], { limits }))).toBe('none');
});
