import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const crop: Operation = {
  name: 'crop',
  summary: 'Covers a box and cuts off the rest; with one side given cuts a strip without scaling.',
  fields: commonFields,
  examples: [
    { query: 'width=240&height=240', doc: 'Covers 240 x 240, the middle kept.' },
    { query: 'width=240&height=240&gravity=east', doc: 'The right part kept.' },
    { query: 'width=120&height=240&focus=0.66:0.3', doc: 'The balloon in its middle.' },
    { query: 'width=120', doc: 'A strip 120 pixels wide, unscaled.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required param: height or width');
    return arrange(params, image, { crop: true });
  },
};
