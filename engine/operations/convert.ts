import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const convert: Operation = {
  name: 'convert',
  summary: 'Re-encodes a picture as another type; size parameters work too.',
  fields: commonFields,
  examples: [
    { query: 'type=webp&quality=80', doc: 'As WebP.' },
    { query: 'type=jpeg&scale=0.5', doc: 'As JPEG, half the size.' },
  ],
  transform: (params, image) => {
    requires(params.type, 'Missing required param: type');
    return arrange(params, image);
  },
};
