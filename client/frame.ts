import { createClient } from './client.ts';
import type { Parameters } from './tables.ts';

/** A picture in a frame, in the words of CSS's `object-fit`, as components of web frameworks have them. */
export interface Frame {
  readonly width?: number | string | undefined;
  readonly height?: number | string | undefined;
  readonly fit?: string | undefined;
  readonly format?: string | undefined;
  readonly quality?: number | string | undefined;
}

/** How each fit is made, where both sides are given. One side alone is a resize. */
const fits = {
  cover: { operation: 'crop', params: {} },
  contain: { operation: 'resize', params: { embed: true } },
  inside: { operation: 'fit', params: {} },
  fill: { operation: 'resize', params: { force: true } },
} as const satisfies Record<string, { readonly operation: string; readonly params: Parameters }>;

const numberOf = (value: number | string | undefined): number | undefined =>
  Number.parseInt(String(value), 10) || undefined;

/** The URL of a picture in a frame. Without a format the service chooses it by the browser. */
export function frameUrl(url: string, source: string, frame: Frame, more: Parameters = {}): string {
  const [width, height] = [numberOf(frame.width), numberOf(frame.height)];
  const { operation, params } =
    width && height
      ? (fits[frame.fit as keyof typeof fits] ?? fits.cover)
      : { operation: width || height ? ('resize' as const) : ('convert' as const), params: {} };
  const type = (frame.format ?? 'auto') as Parameters['type'];
  const quality = numberOf(frame.quality);
  const all = { ...params, width, height, type, quality, ...more, ...(quality && { quality }) } as Parameters;
  return createClient({ url })[operation](source.replace(/^\/+/, ''), all);
}
