import { frameUrl } from './frame.ts';
import type { Parameters } from './tables.ts';

export interface NextLoaderOptions {
  /** Address of the service. */
  readonly url: string;
  /** Parameters of every picture. */
  readonly params?: Parameters;
}

/** What `next/image` asks for. */
export interface NextLoaderProps {
  readonly src: string;
  readonly width: number;
  readonly quality?: number;
}

/** A loader for `next/image`: `export default createLoader({ url })` in the file that `images.loaderFile` names. */
export const createLoader =
  ({ url, params }: NextLoaderOptions): ((props: NextLoaderProps) => string) =>
  ({ src, width, quality }: NextLoaderProps): string =>
    frameUrl(url, src, { width, quality }, params);
