import { Problem } from '../../common/problem.ts';
import type { ParamName, Params } from '../params.ts';
import type { Size } from '../transform/geometry.ts';
import type { Transform } from '../transform/transform.ts';

/** What an operation may know of the picture before it: its size as stored and its EXIF orientation (1 to 8). */
export interface ImageInfo extends Size {
  readonly orientation: number;
}

export interface Example {
  /** A query string; `{logo}` stands for the URL of a small picture. */
  readonly query: string;
  readonly doc: string;
  /** Shows something only on a photo that its camera held sideways. */
  readonly needsSideways?: true;
}

/** One thing that can be done to a picture. Pure: says what to do with pixels as data, touches none. */
export interface Operation {
  readonly name: string;
  /** Other names it answers to within a pipeline. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly fields: readonly ParamName[];
  readonly examples: readonly Example[];
  /**
   * One transform, or several to be done in turn (they are merged where their meaning allows).
   * @throws Problem `missing_param` or `invalid_param`.
   */
  transform(params: Params, image: ImageInfo): Transform | readonly Transform[];
}

/** @throws Problem `missing_param` unless the params have what the operation needs; 0 and empty count as missing. */
export function requires(present: unknown, message: string): void {
  if (!present) throw new Problem('missing_param', message);
}
