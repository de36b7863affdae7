import type { ImageOverlay } from '../effects/overlays.ts';
import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const watermarkimage: Operation = {
  name: 'watermarkimage',
  aliases: ['watermarkImage'],
  summary: 'Draws another picture, fetched from a URL, over this one; parts outside of this one are cut off.',
  fields: [...commonFields, 'image', 'top', 'left', 'opacity'],
  examples: [
    { query: 'image={logo}&top=20&left=20', doc: 'A logo at 20,20.' },
    { query: 'image={logo}&top=220&left=380&opacity=0.5', doc: 'A pale one in the corner.' },
  ],
  transform: (params, image) => {
    const { image: url = '', top = 0, left = 0, opacity } = params;
    requires(url, 'Missing required param: image');
    const overlay: ImageOverlay = { kind: 'image', url, top, left, opacity: Math.min(opacity || 1, 1) };
    return { ...arrange(params, image), overlays: [overlay] };
  },
};
