import type { Output } from '../../output.ts';

/** How ImageMagick writes a format: the name of its coder, and what it is told. */
export interface Writing {
  readonly coder: string;
  /** Two channels of it would not be read as grey and opacity: grey pictures are written in colour. */
  readonly coloured?: true;
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
  /** The file as its coder reads it right. */
  readonly prepare?: (input: Buffer) => Buffer;
  /** The coder that reads it. */
  readonly read?: string;
  /** Of several pictures in one file, the one that is taken where no page is asked for. */
  /** Its samples are linear light, which ImageMagick takes as they are. */
  readonly linear?: true;
  readonly pick?: 'largest';
  readonly write?: Writing;
}
