import { withoutExif } from '../../metadata/blocks/jxl.ts';
import { brands, starts } from '../sniff/bytes.ts';
import { isRaw } from '../sniff/raw.ts';
import type { MagickRow } from './row.ts';

const heifBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** libopenjp2 takes a signal-to-noise ratio: these decibels look like JPEG's quality. */
const decibels = (quality: number): number => Math.round(30 + quality * 0.25);
const jxlDefaultEffort = 3;

/** What cameras write, and what succeeds JPEG. */
export const photos: readonly MagickRow[] = [
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
    prepare: withoutExif,
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
];
