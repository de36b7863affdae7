import { starts } from '../sniff/bytes.ts';
import type { MagickRow } from './row.ts';

/** What films, telescopes and renderers write. */
export const light: readonly MagickRow[] = [
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
    write: { coder: 'HDR' },
  },
  {
    name: 'pfm',
    mime: 'image/x-portable-floatmap',
    extensions: ['pfm'],
    alpha: false,
    sniff: starts('PF\n', 'Pf\n'),
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
];
