import { type Frame, frameUrl } from './frame.ts';

export interface UnpicOptions {
  /** Address of the service. */
  readonly url: string;
}

/** A transformer for unpic: the URL of a picture of the service, or of a picture that is of the service already. */
export const createTransformer =
  ({ url }: UnpicOptions): ((src: string | URL, operations: Frame) => string) =>
  (src: string | URL, operations: Frame): string => {
    const { source, frame } = extract(url, String(src)) ?? { source: String(src), frame: {} };
    return frameUrl(url, source, { ...frame, ...operations });
  };

/** The source and the frame of a URL of the service; undefined for other URLs. */
function extract(url: string, src: string): { readonly source: string; readonly frame: Frame } | undefined {
  if (!src.startsWith(`${url.replace(/\/+$/, '')}/`)) return undefined;
  const query = new URLSearchParams(src.split(/\?(.*)/s, 2)[1]);
  const source = query.get('file') ?? query.get('url');
  const read = (name: string): string | undefined => query.get(name) ?? undefined;
  const frame = {
    width: read('width'),
    height: read('height'),
    format: read('type'),
    quality: read('quality'),
  };
  return source ? { source, frame } : undefined;
}
