import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const convert: Operation = {
  name: 'convert',
  summary: 'Re-encodes a picture as another type; size parameters work too.',
  fields: commonFields,
  examples: [
    { query: 'type=webp&quality=80', doc: 'As WebP.' },
    { query: 'type=png&scale=0.5&colorspace=bw', doc: 'As PNG, half the size, grey.' },
    { query: 'type=png&trim=110', doc: 'The edges that look like the top left pixel cut off.' },
  ],
  transform: (params, image) => {
    requires(params.type, 'Missing required param: type');
    return arrange(params, image);
  },
};
