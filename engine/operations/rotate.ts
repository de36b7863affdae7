import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const rotate: Operation = {
  name: 'rotate',
  summary: 'Rotates the stored picture by quarter turns; with a size, fits it inside that.',
  fields: commonFields,
  examples: [
    { query: 'rotate=90', doc: 'A quarter turn clockwise.' },
    { query: 'rotate=180&width=240', doc: 'Upside down, 240 pixels wide.' },
  ],
  transform: (params, image) => {
    requires(params.rotate, 'Missing required param: rotate');
    return arrange(params, image);
  },
};
