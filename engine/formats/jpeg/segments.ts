/** A segment of a JPEG: its marker, without FF, and what follows its length (ITU-T T.81, B.1.1.4). */
export interface Segment {
  readonly marker: number;
  readonly body: Buffer;
}

/** Frame markers (ITU-T T.81, table B.1): all of C0 to CF but DHT, JPG and DAC. */
export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers of segments that are read: APP1 (EXIF, XMP), APP2 (profile, gain map) and APP13 (IPTC). */
const isRead = (marker: number): boolean => marker === 0xe1 || marker === 0xe2 || marker === 0xed;

const scanMarker = 0xda;

interface Segments {
  /** The segments that are read, and the frame headers. */
  readonly read: readonly Segment[];
  /** Where the first scan begins. */
  readonly scanAt: number;
}

/** The segments before the first scan; undefined for an unusual file. */
export function segmentsOf(file: Buffer): Segments | undefined {
  const read: Segment[] = [];
  for (let at = 2; at + 4 <= file.length; ) {
    const marker = file.readUInt16BE(at) - 0xff00;
    if (marker === scanMarker) return { read, scanAt: at };
    const length = file.readUInt16BE(at + 2);
    const end = at + 2 + length;
    // Fill bytes and markers without a body are left to sharp.
    if (marker < 0xc0 || (marker >= 0xd0 && marker < scanMarker) || marker > 0xfe) return undefined;
    if (length < 2 || end > file.length) return undefined;
    if (isFrame(marker) || isRead(marker)) read.push({ marker, body: file.subarray(at + 4, end) });
    at = end;
  }
  return undefined;
}

export const startsWith = (body: Buffer, text: string): boolean =>
  body.toString('latin1', 0, text.length) === text;

export const isExif = ({ marker, body }: Segment): boolean => marker === 0xe1 && startsWith(body, 'Exif\0\0');
