import type { Source } from './inspect.ts';

/** Facts about a picture, for people. */
export interface PictureFacts {
  readonly format: string;
  readonly mime: string;
  /** Pixels of one page as it is shown, that is after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** The EXIF tag, 1 to 8; 0 if there is none. */
  readonly orientation: number;
  readonly pages: number;
  readonly alpha: boolean;
  /** As libvips calls it: srgb, b-w, cmyk, rgb16, ... */
  readonly space: string;
  readonly hasProfile: boolean;
}

/** Orientations from this one on turn the picture on its side. */
const firstOnSide = 5;

export function factsOf(source: Source): PictureFacts {
  const { format, width, height, orientation, pages, alpha, space, hasProfile } = source;
  const isOnSide = orientation >= firstOnSide;
  return {
    ...{ format: format.name, mime: format.mime },
    ...(isOnSide ? { width: height, height: width } : { width, height }),
    ...{ orientation, pages, alpha, space, hasProfile },
  };
}
