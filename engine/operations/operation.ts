import { Problem } from '../../common/problem.ts';
import type { ParamName, Params } from '../params.ts';
import type { Size } from '../transform/geometry.ts';
import type { Transform } from '../transform/transform.ts';

/** The picture before an operation: its size as stored and its EXIF orientation (1 to 8). */
export interface ImageInfo extends Size {
  readonly orientation: number;
}

export interface Example {
  /** A query string; `{logo}` stands for the URL of a small picture. */
  readonly query: string;
  readonly doc: string;
  /** The example needs a photo taken with the camera held sideways. */
  readonly needsSideways?: true;
}

/** One operation on a picture. It is pure: it returns the work on pixels as data, and touches no pixels. */
export interface Operation {
  readonly name: string;
  /** Other names of the operation in a pipeline. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly fields: readonly ParamName[];
  readonly examples: readonly Example[];
  /**
   * One transform, or several in order, which are merged where possible.
   * @throws Problem `missing_param` or `invalid_param`.
   */
  transform(params: Params, image: ImageInfo): Transform | readonly Transform[];
}

/** @throws Problem `missing_param` where a required parameter is missing; 0 and empty text count as missing. */
export function requires(present: unknown, message: string): void {
  if (!present) throw new Problem('missing_param', message);
}
