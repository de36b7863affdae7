/** Files of old desktop formats, built from raw RGBA pixels as their specifications say. */
import type { Rgba } from './made_by_hand.ts';

const pixelOf = ({ data }: Rgba, index: number): readonly number[] => [
  ...data.subarray(index * 4, index * 4 + 4),
];

/** PCX of three planes; every byte is a run of one where it could be taken for a run. */
export function pcx(picture: Rgba): Buffer {
  const { width, height } = picture;
  const head = Buffer.alloc(128);
  head.set([10, 5, 1, 8]);
  head.writeUInt16LE(width - 1, 8);
  head.writeUInt16LE(height - 1, 10);
  head.writeUInt8(3, 65);
  head.writeUInt16LE(width, 66);
  const rows = Array.from({ length: height }, (_, y) =>
    [0, 1, 2].flatMap((plane) =>
      Array.from({ length: width }, (_, x) => pixelOf(picture, y * width + x)[plane] ?? 0),
    ),
  );
  return Buffer.concat([
    head,
    Buffer.from(rows.flat().flatMap((value) => (value < 0xc0 ? value : [0xc1, value]))),
  ]);
}

/** X bitmap: what is darker than the middle is set. */
export function xbm(picture: Rgba): Buffer {
  const { width, height } = picture;
  const bytes = Array.from({ length: (width / 8) * height }, (_, index) =>
    Array.from({ length: 8 }, (_, bit) => {
      const [red = 0, green = 0, blue = 0] = pixelOf(picture, index * 8 + bit);
      return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 2 ** bit : 0;
    }).reduce((sum, bit) => sum + bit, 0),
  );
  const values = bytes.map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
  return Buffer.from(
    `#define a_width ${width}\n#define a_height ${height}\nstatic unsigned char a_bits[] = {\n ${values} };\n`,
  );
}

/** X pixmap: two letters a colour. */
export function xpm(picture: Rgba): Buffer {
  const { width, height } = picture;
  const colours = Array.from({ length: width * height }, (_, index) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = pixelOf(picture, index);
    return alpha === 0 ? 'None' : `#${Buffer.from([red, green, blue]).toString('hex')}`;
  });
  const names = [...new Set(colours)];
  const letters = (colour: string): string => {
    const at = names.indexOf(colour);
    return String.fromCharCode(0x30 + Math.floor(at / 40), 0x30 + (at % 40))
      .replaceAll('"', '~')
      .replaceAll('\\', '!');
  };
  const rows = Array.from({ length: height }, (_, y) =>
    colours
      .slice(y * width, (y + 1) * width)
      .map(letters)
      .join(''),
  );
  const lines = [
    `${width} ${height} ${names.length} 2`,
    ...names.map((name) => `${letters(name)} c ${name}`),
    ...rows,
  ];
  return Buffer.from(
    `/* XPM */\nstatic char *a[] = {\n${lines.map((line) => `"${line}"`).join(',\n')}\n};\n`,
  );
}

const chunk = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
};

/** An icon of macOS with these pictures. */
export const icns = (pictures: Readonly<Record<string, Buffer>>): Buffer =>
  chunk('icns', Buffer.concat(Object.entries(pictures).map(([type, body]) => chunk(type, body))));
