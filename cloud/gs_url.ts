import { Problem } from '../common/problem.ts';

export interface GsUrl {
  readonly bucket: string;
  /** An object's name, or the beginning of several; may be empty. */
  readonly name: string;
}

const shape = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.*))?$/s;

export const isGsUrl = (text: string): boolean => text.startsWith('gs://');

/** @throws Problem `invalid_param`. */
export function gsUrl(text: string): GsUrl {
  const [, bucket, name = ''] = shape.exec(text) ?? [];
  if (bucket === undefined) {
    throw new Problem(
      'invalid_param',
      `expected a URL such as gs://BUCKET/NAME, got ${JSON.stringify(text)}`,
    );
  }
  return { bucket, name };
}
