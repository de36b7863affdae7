import { withoutExif } from '../../metadata/blocks/jxl.ts';
import { rewriteBmp } from './bmp.ts';
import { rewriteDds } from './dds.ts';
import { rewriteFits } from './fits.ts';
import { rewriteHdr } from './hdr.ts';
import { rewriteHeif } from './heif.ts';
import { chooseIcon } from './icns.ts';
import { rewriteIco } from './ico.ts';
import { rewriteJp2 } from './jp2.ts';
import { hasInks, labelGrey, labelOpacity } from './jp2_grey.ts';
import { rewritePcx } from './pcx.ts';
import { rewritePsd } from './psd.ts';
import { rewriteQoi } from './qoi.ts';
import type { Amount, MagickInput, Rewrite } from './rewrite.ts';
import { rewriteSgi } from './sgi.ts';
import { rewriteSun } from './sun.ts';
import { rewriteTga } from './tga.ts';
import { rewriteXbm } from './xbm.ts';
import { rewriteXpm } from './xpm.ts';

const rewriteJpeg2000: Rewrite = (data, ...limits) => {
  const labelled = labelGrey(data) ?? labelOpacity(data);
  return {
    ...(labelled ? { coder: 'JP2' } : {}),
    ...(hasInks(data) ? { inks: true as const } : {}),
    ...rewriteJp2(labelled ?? data, ...limits),
  };
};

/** Rewrites by coder, for files that ImageMagick reads wrong or refuses. They run in the codec worker. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  HEIC: rewriteHeif,
  JXL: (data) => ({ data: withoutExif(data) }),
  JP2: rewriteJpeg2000,
  J2K: rewriteJpeg2000,
  BMP: rewriteBmp,
  CUR: rewriteIco,
  DDS: rewriteDds,
  FITS: rewriteFits,
  HDR: rewriteHdr,
  ICO: rewriteIco,
  PCX: rewritePcx,
  PSD: rewritePsd,
  QOI: rewriteQoi,
  SGI: rewriteSgi,
  SUN: rewriteSun,
  TGA: rewriteTga,
  XBM: rewriteXbm,
  XPM: rewriteXpm,
};

const rewriteIcns: Rewrite = (data, amount) => {
  const chosen = chooseIcon(data);
  return { ...chosen, ...rewrites[chosen.coder]?.(chosen.data, amount) };
};

/** Rewrites a file so that ImageMagick reads it right. @throws Problem as `Rewrite` does. */
export function rewriteForMagick(coder: string, data: Buffer, amount: Amount): MagickInput {
  const rewrite = coder === 'ICNS' ? rewriteIcns : rewrites[coder];
  return { coder, data, ...rewrite?.(data, amount) };
}
