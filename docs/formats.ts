import type { Engine, Format } from '../engine/formats/format.ts';
import { formats } from '../engine/formats/index.ts';
import { packages } from '../engine/formats/installed.ts';
import { coders } from '../engine/formats/magick/policy.ts';
import { limitFields } from '../engine/limits.ts';

const engines: Readonly<Record<Engine, string>> = {
  sharp: 'sharp (libvips)',
  magick: 'ImageMagick',
  pdfium: 'PDFium',
  vectorizer: 'VTracer',
  own: 'own',
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const yes = (value: unknown): string => (value ? 'yes' : '');

function row(format: Format): readonly string[] {
  const { engine, writer = engine } = format;
  return [
    `\`${format.name}\``,
    [
      ...format.extensions.map((extension) => `.${extension}`),
      ...(format.inputExtensions ?? []).map((extension) => `.${extension} (input)`),
    ].join(' '),
    `\`${format.mime}\``,
    format.reads ? engines[engine] : '',
    format.writes ? engines[writer] : '',
    yes(format.alpha),
    yes(format.animated),
    yes(format.lossy),
    yes(format.profiles),
    yes(format.deep),
  ];
}

const head = [
  'name',
  'extensions',
  'type',
  'read by',
  'written by',
  'alpha',
  'animated',
  'quality',
  'profile',
  '16 bit',
];

/** Names of the formats, for the README: those read and those written. */
export const formatMatrix = (): string =>
  table(
    ['', 'formats'],
    [
      [
        'read',
        formats
          .filter(({ reads }) => reads)
          .map(({ name }) => name)
          .join(', '),
      ],
      [
        'written',
        formats
          .filter(({ writes }) => writes)
          .map(({ name }) => name)
          .join(', '),
      ],
      [
        'animated',
        formats
          .filter(({ animated }) => animated)
          .map(({ name }) => name)
          .join(', '),
      ],
    ],
  );

const limits = Object.entries(limitFields).map(([name, { default: value, doc }]) => {
  const unit =
    'unit' in limitFields[name as keyof typeof limitFields]
      ? ` ${(limitFields as Record<string, { unit?: string }>)[name]?.unit}`
      : '';
  return [`\`${name}\``, `${value}${unit}`, doc];
});

/** docs/formats.md. */
export const formatsPage = (): string => `# Formats

Made from \`engine/formats/\` by \`npm run docs\`; a running service answers the same at \`/formats\` (JSON).
The bytes of a file decide its format, never its name or content type.

${table(head, formats.map(row))}

## Optional engines

A worker process does what sharp cannot. It starts on first use, may not write files or start programs, has no
environment, works on one picture at a time with memory that holds nothing of the one before, and ends when idle. After a
crash or a timeout there the answer is 422; other requests do not notice. Without the package, requests that need it are
refused with a message that names it.

${table(
  ['engine', 'package', 'for'],
  [
    ['ImageMagick', `\`${packages.magick}\``, 'rare formats'],
    ['PDFium', `\`${packages.pdfium}\``, 'reading PDF (`page`, `dpi`)'],
    ['VTracer', `\`${packages.vectorizer}\``, 'tracing to SVG'],
  ],
)}

ImageMagick may use these coders and no other; all that reach files, the network, fonts or scripts are off:

- reading: ${coders.read.join(', ')}
- writing: ${coders.write.join(', ')}

ImageMagick works in eight bits here. EXR (read by a decoder of our own, except DWA compression) and HDR are linear
light and are shown in sRGB.

## Particular formats

- **SVG out**: \`svg=wrap\` embeds the picture, pixel for pixel; \`svg=trace\` (or \`logo\`, \`lineart\`, \`photo\`) draws it
  as shapes, up to 4 megapixels; \`svg=auto\` traces flat artwork if the result is close and small, and wraps everything
  else. The response says which.
- **SVG in, SVG out** passes through, cleaned: no scripts, handlers, foreign elements, or references that leave the document.
- **SVG in**: any encoding that browsers read, gzip (\`.svgz\`), entities of plain text in the DTD, and SVG pictures in
  \`data:\` addresses, three deep. Units are those of CSS (96 pixels per inch). A drawing without a size is as large as its
  viewBox, or without that as what it draws. Not read: entities with markup or from outside the document, files and
  addresses outside it, scripts, more than 50,000 drawn elements, filters that would take longer than a conversion may.
- **ICO** has the picture itself (at most 256 a side) and the usual smaller sizes.
- **PDF in**: one page, \`page\` from 0, at \`dpi\` (72). **PDF out**: one page with the picture.
- **HEIF, camera raw, FITS, DPX, PFM, CUR** are read only.
- **Animation**: GIF, WebP and animated PNG turn into each other with frames, timing and loops, and animated AVIF
  into these; \`page\` and \`pages\` pick frames. Frames over \`MAX_FRAMES\` are left out, and from the 101st on
  those over the limits on pixels: the header \`Image-Frames-Left-Out\`, \`framesLeftOut\` in the log line and in the inline
  door's JSON, and the metadata \`frames-left-out\` of the object say how many. A \`page\` that does not exist is refused.
- **TIFF in**: bits of 1 to 64, integers and floating point, samples together or in planes, in strips or tiles. Old-style
  JPEG, floating point, signed integers, samples of 2 to 15 bits, and YCbCr without JPEG are read by ImageMagick, the
  rest by libvips. Compression by LZW, Deflate, PackBits, JPEG, WebP and fax; Zstandard, LZMA, LERC, JPEG 2000 and others
  are refused by name.
- **DDS in**: BC1 to BC5 and BC7, and uncompressed colours; BC6H and most uncompressed kinds of DX10 are refused.
- **PCX, XBM, XPM, ICNS** are read only; of an icon the largest picture. Palettes of CGA and EPS are not read.
- **BMP, TGA in**: all headers, orders and run lengths; BMP with and without a file header. **JPEG 2000 in**: a picture
  with an offset or with coarse samples has the size of its samples; two components are grey and opacity.
- **AVIF, TIFF**: without \`page\`, the picture that the file names as its primary one, otherwise the first.

## Limits

${table(['setting', 'default', 'what'], limits)}
`;
