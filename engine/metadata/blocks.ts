/** The metadata blocks of a file, each in the form that all formats share. */
export interface Blocks {
  /** A TIFF structure without the prefix `Exif\0\0`. */
  readonly exif?: Buffer;
  /** A packet of XML in UTF-8. */
  readonly xmp?: Buffer;
  /** Datasets of IPTC-IIM, without Photoshop's wrapping. */
  readonly iptc?: Buffer;
}

export const isEmpty = (blocks: Blocks): boolean =>
  Object.values(blocks).every((block) => block === undefined);
