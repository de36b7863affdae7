import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const thumbnail: Operation = {
  name: 'thumbnail',
  summary: 'Scales to a width or a height; with both given it stretches.',
  fields: commonFields,
  examples: [
    { query: 'width=100', doc: '100 pixels wide, height in proportion.' },
    { query: 'height=100&type=webp', doc: '100 pixels high, as WebP.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required params: width or height');
    return arrange(params, image);
  },
};
