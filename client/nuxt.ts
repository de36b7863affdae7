import { type Frame, frameUrl } from './frame.ts';
import type { Parameters } from './tables.ts';

export interface NuxtOptions {
  /** Address of the service: `options.baseURL` of the provider. */
  readonly baseURL?: string;
  readonly modifiers?: Frame & Readonly<Record<string, unknown>>;
}

/** Modifiers that are the frame; all others are parameters of the service. */
const frameNames: readonly string[] = ['width', 'height', 'fit', 'format', 'quality', 'blur'];

/** The URL of a picture for Nuxt Image. @throws Error without `baseURL`. */
export function getImage(src: string, { baseURL, modifiers = {} }: NuxtOptions): { readonly url: string } {
  if (!baseURL) throw new Error('imagetx: expected options.baseURL of the provider, got none');
  const others = Object.entries(modifiers).filter(([name]) => !frameNames.includes(name));
  const blur = typeof modifiers.blur === 'number' ? { sigma: modifiers.blur } : {};
  return { url: frameUrl(baseURL, src, modifiers, { ...blur, ...Object.fromEntries(others) } as Parameters) };
}

/** The provider for Nuxt Image 2; version 1 uses `getImage`. */
export default (): { readonly getImage: typeof getImage } => ({ getImage });
