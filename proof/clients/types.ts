/** The client's loaders have the types that the frameworks want. Checked by `tsc`, never run. */
import type { ImageProvider, ProviderGetImage } from '@nuxt/image';
import type { ImageLoader } from 'next/dist/shared/lib/get-img-props.js';
import type { Operations, TransformerFunction } from 'unpic';
import { createLoader } from '../../client/next.ts';
import provider, { getImage } from '../../client/nuxt.ts';
import { createTransformer } from '../../client/unpic.ts';

export const next: ImageLoader = createLoader({ url: 'https://img.example.org' });
export const nuxtOne: ProviderGetImage = getImage;
export const nuxtTwo: () => ImageProvider<Record<string, unknown>> = provider;
export const unpic: TransformerFunction<Operations, undefined> = createTransformer({
  url: 'https://img.example.org',
});
