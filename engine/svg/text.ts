import { promisify } from 'node:util';
import zlib, { gunzip, gunzipSync } from 'node:zlib';
import { Problem } from '../../common/problem.ts';

const inflate = promisify(gunzip);

/** Enough text to find the root element. */
const headBytes = 65_536;
const largestRatio = 1_100;

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** First bytes of a document in encodings that are not supersets of ASCII (XML 1.0, appendix F). */
const wide: readonly (readonly [label: string, start: string])[] = [
  ['utf-32', '0000feff'],
  ['utf-32', 'fffe0000'],
  ['utf-32', '0000003c'],
  ['utf-32', '3c000000'],
  ['utf-16le', 'fffe'],
  ['utf-16be', 'feff'],
  ['utf-16le', '3c00'],
  ['utf-16be', '003c'],
];
const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;

/** The encoding of an XML document. Documents in single bytes often declare UTF-16 by mistake. */
function encodingOf(bytes: Buffer): string {
  const start = bytes.toString('hex', 0, 4);
  const [label] = wide.find(([, magic]) => start.startsWith(magic)) ?? [];
  if (label !== undefined) return label;
  if (start.startsWith('efbbbf')) return 'utf-8';
  const [, named = 'utf-8'] = declared.exec(bytes.toString('latin1', 0, 200)) ?? [];
  return /^(?:utf-?16|utf-?32|ucs-?[24])/i.test(named) ? 'utf-8' : named.toLowerCase();
}

function decoderFor(label: string) {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new Problem(
      'corrupt_image',
      `SVG encoding: expected one that browsers read, got ${JSON.stringify(label)}; save it as UTF-8`,
      { cause },
    );
  }
}

async function unpack(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  if (!isGzip(bytes)) return bytes;
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Problem('too_large', `SVG has more than ${maxBytes} bytes when unpacked`, { cause });
    throw new Problem('corrupt_image', 'SVG: expected complete gzip data, got damaged data', { cause });
  }
}

/**
 * The text of an SVG document: unpacked from gzip, decoded from its own encoding, without a byte order mark.
 * @throws Problem `too_large` over `maxBytes` when unpacked, `corrupt_image` for an unknown or wrong encoding.
 */
export async function drawingText(input: Buffer, maxBytes: number): Promise<string> {
  const bytes = await unpack(input, maxBytes);
  const encoding = encodingOf(bytes);
  try {
    return decoderFor(encoding).decode(bytes);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('corrupt_image', `SVG: expected text in ${encoding}, got bytes that are not`, {
      cause,
    });
  }
}

/** Whether `TextDecoder` knows an encoding. Reading the whole document reports an unknown one. */
const isKnown = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
};

/** Decodes the first bytes of a file as XML; empty if it cannot be XML. */
function headText(head: Buffer): string {
  try {
    const packed = isGzip(head) ? head.subarray(0, 1024) : undefined;
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 1024 * largestRatio };
    const bytes = (packed ? gunzipSync(packed, options) : head).subarray(0, headBytes);
    const encoding = encodingOf(bytes);
    return new TextDecoder(isKnown(encoding) ? encoding : 'latin1').decode(bytes);
  } catch {
    return '';
  }
}

/** What may precede the root element: white space, declaration and instructions, comments, DOCTYPE. */
const misc =
  /\s+|<\?[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE(?:[^>["']|"[^"]*"|'[^']*')*(?:\[[^\]]*\]\s*)?>/iy;
const rootElement = /<(?:[\w.-]+:)?svg[\s>/]/iy;

/** Whether the first bytes of a file show an SVG root element, in any encoding, also packed. */
export function isDrawing(head: Buffer): boolean {
  const text = headText(head);
  let at = 0;
  for (misc.lastIndex = at; misc.test(text); misc.lastIndex = at) at = misc.lastIndex;
  rootElement.lastIndex = at;
  return rootElement.test(text);
}
