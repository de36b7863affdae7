import type { Output } from '../../conversion.ts';
import { isPcx } from '../rewrites/pcx.ts';
import { isXbm } from '../rewrites/xbm.ts';
import { isBmp } from '../sniff/bmp.ts';
import { brands, has, starts } from '../sniff/bytes.ts';
import { isRaw } from '../sniff/raw.ts';
import { isTga } from '../sniff/tga.ts';

/** How ImageMagick writes a format. */
export interface MagickWriter {
  readonly coder: string;
  /** The longest side that the format holds, in pixels. */
  readonly maxSide?: number;
  /** Grey pictures are written in colour, because readers take two channels for something else. */
  readonly coloured?: true;
  /** The coder's own number for a quality from 1 to 100. */
  readonly quality?: (quality: number, output: Output) => number;
  readonly defines?: (output: Output) => Readonly<Record<string, string>>;
}

/** A format that ImageMagick reads or writes. */
export interface MagickRow {
  readonly name: string;
  readonly mime: string;
  readonly extensions: readonly string[];
  readonly alpha: boolean;
  readonly profiles?: true;
  readonly sniff: (head: Buffer) => boolean;
  /** The coder that reads it. */
  readonly read?: string;
  /** Its rewrite hands over a picture of another coder, always. */
  readonly unpacked?: true;
  /** Its samples are linear light, which ImageMagick returns unchanged. */
  readonly linear?: true;
  /** Which picture of a file is read if the request names no page; default: the first one. */
  readonly pick?: 'largest';
  readonly write?: MagickWriter;
}

const heifBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** libopenjp2 takes a signal-to-noise ratio: these decibels look like JPEG's quality. */
const decibels = (quality: number): number => Math.round(30 + quality * 0.25);
const jxlDefaultEffort = 3;

const netpbm =
  (...kinds: readonly string[]) =>
  (head: Buffer): boolean =>
    kinds.includes(head.toString('latin1', 0, 2)) && /\s/.test(head.toString('latin1', 2, 3));

const isIcon = (head: Buffer, kind: 1 | 2): boolean =>
  has(head, `\0\0${String.fromCharCode(kind)}\0`) &&
  head.length > 22 &&
  head.readUInt16LE(4) > 0 &&
  head[9] === 0;

/**
 * The formats that ImageMagick reads or writes, in the order of sniffing; its policy allows these coders and no other.
 * Coders that reach files, the network, fonts or scripts are left out on purpose (MSL, MVG, URL, TEXT, LABEL, SVG, PS,
 * EPS, PDF, ...), and so are coders that can be made to hang (PCX), and formats that sharp handles better. Rows that
 * are `unpacked` here need no coder of their own.
 */
export const magickRows: readonly MagickRow[] = [
  // Cameras, and the successors of JPEG.
  {
    name: 'heif',
    mime: 'image/heif',
    extensions: ['heic', 'heif', 'hif'],
    alpha: true,
    sniff: (head) => brands(head).some((brand) => heifBrands.includes(brand)),
    read: 'HEIC',
  },
  {
    name: 'jxl',
    mime: 'image/jxl',
    extensions: ['jxl'],
    alpha: true,
    sniff: starts('\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'),
    read: 'JXL',
    write: {
      coder: 'JXL',
      quality: (quality, { lossless }) => (lossless ? 100 : Math.min(quality, 99)),
      // Its own default of 7 takes seconds for a megapixel.
      defines: ({ effort = jxlDefaultEffort }) => ({ 'jxl:effort': `${Math.min(Math.max(effort, 1), 7)}` }),
    },
  },
  {
    name: 'jp2',
    mime: 'image/jp2',
    extensions: ['jp2', 'jpx', 'jpf'],
    alpha: true,
    sniff: starts('\0\0\0\x0cjP  \r\n\x87\n'),
    read: 'JP2',
    write: { coder: 'JP2', quality: (quality, { lossless }) => (lossless ? 100 : decibels(quality)) },
  },
  {
    name: 'j2k',
    mime: 'image/j2c',
    extensions: ['j2k', 'j2c', 'jpc'],
    alpha: true,
    sniff: starts('\xff\x4f\xff\x51'),
    read: 'J2K',
    write: {
      coder: 'J2K',
      coloured: true,
      quality: (quality, { lossless }) => (lossless ? 100 : decibels(quality)),
    },
  },
  {
    name: 'raw',
    mime: 'image/x-dcraw',
    extensions: ['dng', 'cr2', 'nef', 'arw', 'orf', 'raf', 'rw2'],
    alpha: false,
    sniff: isRaw,
    read: 'DNG',
  },
  // Films, telescopes and renderers.
  {
    name: 'exr',
    mime: 'image/x-exr',
    extensions: ['exr'],
    alpha: true,
    sniff: starts('\x76\x2f\x31\x01'),
    linear: true,
    read: 'EXR',
    write: { coder: 'EXR' },
  },
  {
    name: 'hdr',
    mime: 'image/vnd.radiance',
    extensions: ['hdr', 'rgbe'],
    alpha: false,
    sniff: starts('#?RADIANCE', '#?RGBE'),
    read: 'HDR',
    write: { coder: 'HDR', maxSide: 32_767 },
  },
  {
    name: 'pfm',
    mime: 'image/x-portable-floatmap',
    extensions: ['pfm'],
    alpha: false,
    sniff: netpbm('PF', 'Pf'),
    read: 'PFM',
  },
  {
    name: 'dpx',
    mime: 'image/x-dpx',
    extensions: ['dpx'],
    alpha: true,
    sniff: starts('SDPX', 'XPDS'),
    read: 'DPX',
  },
  {
    name: 'fits',
    mime: 'image/fits',
    extensions: ['fits', 'fit', 'fts'],
    alpha: false,
    sniff: starts('SIMPLE  ='),
    read: 'FITS',
  },
  // Desktop programs since the eighties. TGA comes last because it has no magic number.
  {
    name: 'bmp',
    mime: 'image/bmp',
    extensions: ['bmp', 'dib'],
    alpha: true,
    sniff: isBmp,
    read: 'BMP',
    write: { coder: 'BMP' },
  },
  {
    name: 'ico',
    mime: 'image/vnd.microsoft.icon',
    extensions: ['ico'],
    alpha: true,
    sniff: (head) => isIcon(head, 1),
    read: 'ICO',
    pick: 'largest',
  },
  {
    name: 'cur',
    mime: 'image/x-win-bitmap',
    extensions: ['cur'],
    alpha: true,
    sniff: (head) => isIcon(head, 2),
    read: 'CUR',
    pick: 'largest',
  },
  {
    name: 'psd',
    mime: 'image/vnd.adobe.photoshop',
    extensions: ['psd', 'psb'],
    alpha: true,
    profiles: true,
    sniff: starts('8BPS'),
    read: 'PSD',
    write: { coder: 'PSD', maxSide: 30_000 },
  },
  {
    name: 'dds',
    mime: 'image/vnd.ms-dds',
    extensions: ['dds'],
    alpha: true,
    sniff: starts('DDS \x7c\0\0\0'),
    read: 'DDS',
    write: { coder: 'DDS' },
  },
  {
    name: 'pnm',
    mime: 'image/x-portable-pixmap',
    extensions: ['pnm', 'ppm'],
    alpha: false,
    sniff: netpbm('P3', 'P6'),
    read: 'PPM',
    write: { coder: 'PPM' },
  },
  {
    name: 'pgm',
    mime: 'image/x-portable-graymap',
    extensions: ['pgm'],
    alpha: false,
    sniff: netpbm('P2', 'P5'),
    read: 'PGM',
    write: { coder: 'PGM' },
  },
  {
    name: 'pbm',
    mime: 'image/x-portable-bitmap',
    extensions: ['pbm'],
    alpha: false,
    sniff: netpbm('P1', 'P4'),
    read: 'PBM',
    write: { coder: 'PBM' },
  },
  {
    name: 'pam',
    mime: 'image/x-portable-arbitrarymap',
    extensions: ['pam'],
    alpha: true,
    sniff: netpbm('P7'),
    read: 'PAM',
    write: { coder: 'PAM' },
  },
  {
    name: 'qoi',
    mime: 'image/qoi',
    extensions: ['qoi'],
    alpha: true,
    sniff: starts('qoif'),
    read: 'QOI',
    write: { coder: 'QOI' },
  },
  {
    name: 'farbfeld',
    mime: 'image/x-farbfeld',
    extensions: ['ff', 'farbfeld'],
    alpha: true,
    sniff: starts('farbfeld'),
    read: 'FARBFELD',
    write: { coder: 'FARBFELD' },
  },
  {
    name: 'sgi',
    mime: 'image/x-sgi',
    extensions: ['sgi', 'rgb', 'bw'],
    alpha: true,
    sniff: starts('\x01\xda\0\x01', '\x01\xda\x01\x01', '\x01\xda\0\x02', '\x01\xda\x01\x02'),
    read: 'SGI',
    write: { coder: 'SGI', maxSide: 65_535 },
  },
  {
    name: 'sun',
    mime: 'image/x-sun-raster',
    extensions: ['ras', 'sun'],
    alpha: false,
    sniff: starts('\x59\xa6\x6a\x95'),
    read: 'SUN',
    unpacked: true,
    write: { coder: 'SUN' },
  },
  {
    name: 'pcx',
    mime: 'image/vnd.zbrush.pcx',
    extensions: ['pcx'],
    alpha: false,
    sniff: isPcx,
    read: 'PCX',
    unpacked: true,
  },
  {
    name: 'xbm',
    mime: 'image/x-xbitmap',
    extensions: ['xbm'],
    alpha: false,
    sniff: isXbm,
    read: 'XBM',
    unpacked: true,
  },
  {
    name: 'xpm',
    mime: 'image/x-xpixmap',
    extensions: ['xpm'],
    alpha: true,
    sniff: (head) => /^\s{0,99}\/\*\s*XPM\s*\*\//.test(head.toString('latin1', 0, 120)),
    read: 'XPM',
    unpacked: true,
  },
  {
    name: 'icns',
    mime: 'image/icns',
    extensions: ['icns'],
    alpha: true,
    sniff: (head) => has(head, 'icns') && head.length > 16,
    read: 'ICNS',
    unpacked: true,
  },
  {
    name: 'tga',
    mime: 'image/x-tga',
    extensions: ['tga'],
    alpha: true,
    sniff: isTga,
    read: 'TGA',
    write: { coder: 'TGA', maxSide: 65_535 },
  },
];
