import { componentsAt, findSiz } from './jp2.ts';

function box(type: string, ...bodies: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + bodies.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...bodies]);
}

/** Enumerated colour space 17, greyscale (ITU-T T.800, I.5.3.3). */
const greyscale = box('colr', Buffer.from('01000000000011', 'hex'));
/** Component 0 is the colour, component 1 the opacity of the whole picture (ITU-T T.800, I.5.3.6). */
const greyAndOpacity = box('cdef', Buffer.from('0002000000000001000100010000', 'hex'));

/** The same for sRGB (16) with the opacity in component 3. */
const srgb = box('colr', Buffer.from('01000000000010', 'hex'));
const coloursAndOpacity = box(
  'cdef',
  Buffer.from('0004000000000001000100000002000200000003000300010000', 'hex'),
);

/** The image header for some components. `rewriteJp2` fills in the size. */
function headerBoxes(precisions: Buffer): readonly Buffer[] {
  const areSame = precisions.every((one) => one === precisions[0]);
  const ihdr = Buffer.alloc(14);
  ihdr.writeUInt16BE(precisions.length, 8);
  ihdr.set([areSame ? (precisions[0] ?? 0) : 255, 7], 10);
  return [box('ihdr', ihdr), ...(areSame ? [] : [box('bpcc', precisions)])];
}

/**
 * Puts a bare codestream of four components into a container that says that the fourth is opacity: ImageMagick loses
 * it where the other three are grey. Undefined if the file needs no other container.
 */
export function labelOpacity(data: Buffer): Buffer | undefined {
  const siz = findSiz(data);
  const end = 2 + componentsAt + 12;
  if (siz !== 2 || end > data.length || data.readUInt16BE(componentsAt) !== 4) return undefined;
  const precisions = Buffer.from(
    [0, 1, 2, 3].map((component) => data.readUInt8(2 + componentsAt + 3 * component)),
  );
  return Buffer.concat([
    box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', ...headerBoxes(precisions), srgb, coloursAndOpacity),
    box('jp2c', data),
  ]);
}

/**
 * Puts a picture of two components into a container that says that they are grey and opacity: ImageMagick takes them
 * for red and green if the file does not say that it is grey. Undefined if the file needs no other container.
 */
export function labelGrey(data: Buffer): Buffer | undefined {
  const siz = findSiz(data);
  if (siz === undefined || data.readUInt16BE(siz + componentsAt - 2) !== 2) return undefined;
  if (siz + componentsAt + 6 > data.length || data.subarray(0, siz).includes(greyscale)) return undefined;
  const precisions = Buffer.from([
    data.readUInt8(siz + componentsAt),
    data.readUInt8(siz + componentsAt + 3),
  ]);
  return Buffer.concat([
    box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', ...headerBoxes(precisions), greyscale, greyAndOpacity),
    box('jp2c', data.subarray(siz - 2)),
  ]);
}

/** Enumerated colour space 12, CMYK (ITU-T T.801, M.11.7.3.1). */
const cmyk = Buffer.from('\x01\0\0\0\0\0\x0c', 'latin1');

/** Whether a container says that its four components are inks, by number or by its profile (ICC.1, 7.2.6). */
export function hasInks(data: Buffer): boolean {
  const siz = findSiz(data);
  if (siz === undefined || siz + componentsAt > data.length) return false;
  if (data.readUInt16BE(siz + componentsAt - 2) !== 4) return false;
  const head = data.subarray(0, siz);
  const body = head.indexOf('colr') + 4;
  if (body < 4) return false;
  const hasNumber =
    head.subarray(body, body + 1)[0] === 1 && head.subarray(body + 3, body + 7).equals(cmyk.subarray(3));
  return hasNumber || head.toString('latin1', body + 19, body + 23) === 'CMYK';
}
