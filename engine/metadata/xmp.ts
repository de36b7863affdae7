const tiffNamespace = /\bxmlns:([\w.-]+)\s*=\s*["']http:\/\/ns\.adobe\.com\/tiff\/1\.0\/["']/g;

/** Packets bind one prefix; each further prefix costs another pass over the text. */
const maxPrefixes = 8;

const escapeRegExp = (text: string): string => text.replace(/[.\\-]/g, '\\$&');

/** A packet as text: XMP in files is UTF-8, except for a few programs that write UTF-16. */
function textOf(xmp: Buffer): string {
  if (xmp[0] === 0xff || xmp[1] === 0) return xmp.toString('utf16le');
  if (xmp[0] === 0xfe || xmp[0] === 0) {
    const whole = Buffer.from(xmp.subarray(0, xmp.length - (xmp.length % 2)));
    return whole.swap16().toString('utf16le');
  }
  return xmp.toString('utf8');
}

/** Replaces each orientation in a packet: as an attribute or as an element, of any prefix. */
export function rewriteXmp(xmp: Buffer, orientation: number): Buffer {
  const text = textOf(xmp);
  const prefixes = new Set([...text.matchAll(tiffNamespace)].map(([, prefix = '']) => escapeRegExp(prefix)));
  const rewritten = [...prefixes]
    .slice(0, maxPrefixes)
    .reduce(
      (packet, prefix) =>
        packet
          .replace(new RegExp(`(\\b${prefix}:Orientation\\s*=\\s*["'])[^"'<]*`, 'g'), `$1${orientation}`)
          .replace(new RegExp(`(<${prefix}:Orientation(?:\\s[^<>]*)?(?<!/)>)[^<]*`, 'g'), `$1${orientation}`),
      text,
    );
  return Buffer.from(rewritten);
}
