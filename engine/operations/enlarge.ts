import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const enlarge: Operation = {
  name: 'enlarge',
  summary: 'Covers a box, enlarging where needed, and cuts off the rest.',
  fields: [...commonFields, 'nocrop'],
  examples: [
    { query: 'width=800&height=800', doc: 'Covers 800 x 800, however small the picture.' },
    { query: 'width=800&height=800&nocrop=true', doc: 'Fits inside 800 x 800 instead.' },
    { query: 'width=800&height=800&nocrop=true&embed=true', doc: 'Fits inside and is padded.' },
  ],
  transform: (params, image) => {
    requires(params.width && params.height, 'Missing required params: height, width');
    return arrange(params, image, { enlarge: true, crop: !params.nocrop });
  },
};
