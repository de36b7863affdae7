import { Problem } from '../common/problem.ts';

export interface GsUrl {
  readonly bucket: string;
  /** An object's name, or a prefix of names; may be empty. */
  readonly name: string;
}

const shape = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.*))?$/s;

export const isGsUrl = (text: string): boolean => text.startsWith('gs://');

/** undefined when the text is not `gs://BUCKET` or `gs://BUCKET/NAME`. */
export function matchGsUrl(text: string): GsUrl | undefined {
  const [, bucket, name = ''] = shape.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, name };
}

/** @throws Problem `invalid_param`. */
export function parseGsUrl(text: string): GsUrl {
  const url = matchGsUrl(text);
  if (url) return url;
  throw new Problem('invalid_param', `expected a URL such as gs://BUCKET/NAME, got ${JSON.stringify(text)}`);
}

export const formatGsUrl = ({ bucket, name }: GsUrl): string => `gs://${bucket}/${name}`;
