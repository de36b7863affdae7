/** Plain sentences for errors of codecs. The first matching row counts. */
const words: readonly (readonly [RegExp, string])[] = [
  [
    /unsupported image format|Unsupported file format|no known route from/,
    'it is damaged or of a kind that is not read here',
  ],
  [
    /UnexpectedEndOfFile|InsufficientImageData|NotEnoughPixelData|UnableToReadImageData|bad seek to|premature end|Unexpected end|Stream too short/i,
    'the file ends too early',
  ],
  [/ImproperImageHeader|unable to parse image/, 'its header is not valid'],
  [/NegativeOrZeroImageSize|bad dimensions/, 'it has no pixels'],
  [/Unsupported JPEG data precision/, 'its samples have more than eight bits; save it as a baseline JPEG'],
  [
    /Unsupported marker type|DNL not supported/,
    'it is a kind of JPEG that is not read here; save it as a baseline JPEG',
  ],
  [/List\s?length\s?exceeds\s?limit/i, 'it has too many pictures or layers'],
  [/Decoder plugin generated an error/, 'its data is damaged'],
  [/LengthAndFilesizeDoNotMatch/, 'its header says another length'],
  [
    /^$|unable to write to target|unable to read pixels|read error|Unknown error|instance is disposed|\[object Object\]|Invalid frame data/i,
    'its data is damaged',
  ],
];

/** ImageMagick names the file and its source code: "... `/tmp/magick-x' @ error/heic.c/IsHEIFSuccess/143". */
const ownSource = / @ (?:warning|error|fatalerror)\/.*$/i;
const ownFile = /\s*[`'](?:\/tmp\/[^']*|\w*:|OpenJP2|)'(?::.*)?$/;
/** libvips names the function, sometimes after a sentence of sharp. */
const ownFunctions =
  /^(?:(?:Input buffer has corrupt header|\w*vips\w*|\w+(?:load|save)\w*|glib|source|heif|webp|spng):\s*)+/i;
const camelCase = /^(?:[A-Z][a-z]+){2,}$/;

/** Removes the prefix, the file and the source position from a line. */
const bareLine = (line: string): string =>
  line
    .replace(ownSource, '')
    .trim()
    .replace(/^CorruptImage [`'](.*)'$/, '$1')
    .replace(ownFile, '')
    .replace(ownFunctions, '')
    .replace(
      /^XML parse error: error code=\d+ \(\d+\) in \(null\):(\d+):(\d+): /,
      'SVG line $1, column $2: ',
    );

/** The message of an error or a thrown string. */
const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : '';

/** Why a codec failed, in one line without internals of the codec. */
export function plainReason(cause: unknown): string {
  const lines = messageOf(cause).split('\n').map(bareLine);
  const bare = lines.find((line) => line !== '') ?? '';
  const known = words.find(([pattern]) => pattern.test(bare));
  if (known) return known[1];
  const spaced = camelCase.test(bare)
    ? bare.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : bare;
  return spaced.replace(/[.\s]+$/, '');
}
