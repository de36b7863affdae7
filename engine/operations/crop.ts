import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const crop: Operation = {
  name: 'crop',
  summary: 'Covers a box and cuts off the rest; with one side given cuts a strip without scaling.',
  fields: commonFields,
  examples: [
    { query: 'width=300&height=200', doc: 'Covers 300 x 200, the middle kept.' },
    { query: 'width=300&height=200&gravity=north', doc: 'The upper part kept.' },
    { query: 'width=300', doc: 'A strip 300 pixels wide, unscaled.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required param: height or width');
    return arrange(params, image, { crop: true });
  },
};
