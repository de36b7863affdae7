import { isBmp } from '../sniff/bmp.ts';
import { has, starts } from '../sniff/bytes.ts';
import { isTga } from '../sniff/tga.ts';
import { colourPlanes } from './psd_planes.ts';
import type { MagickRow } from './row.ts';

const netpbm =
  (...kinds: readonly string[]) =>
  (head: Buffer): boolean =>
    kinds.includes(head.toString('latin1', 0, 2)) && /\s/.test(head.toString('latin1', 2, 3));

/** What desktop programs have written since the eighties. TGA, which has no magic number, comes last. */
export const plain: readonly MagickRow[] = [
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
    sniff: (head) => has(head, '\0\0\x01\0') && head.length > 22 && head.readUInt16LE(4) > 0 && head[9] === 0,
    read: 'ICO',
    pick: 'largest',
  },
  {
    name: 'cur',
    mime: 'image/x-win-bitmap',
    extensions: ['cur'],
    alpha: true,
    sniff: (head) => has(head, '\0\0\x02\0') && head.length > 22 && head.readUInt16LE(4) > 0 && head[9] === 0,
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
    prepare: colourPlanes,
    read: 'PSD',
    write: { coder: 'PSD' },
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
    write: { coder: 'SGI' },
  },
  {
    name: 'sun',
    mime: 'image/x-sun-raster',
    extensions: ['ras', 'sun'],
    alpha: false,
    sniff: starts('\x59\xa6\x6a\x95'),
    read: 'SUN',
    write: { coder: 'SUN' },
  },
  {
    name: 'tga',
    mime: 'image/x-tga',
    extensions: ['tga'],
    alpha: true,
    sniff: isTga,
    read: 'TGA',
    write: { coder: 'TGA' },
  },
];
