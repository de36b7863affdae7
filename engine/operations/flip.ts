import { arrange, commonFields } from './from_params.ts';
import type { Operation } from './operation.ts';

export const flip: Operation = {
  name: 'flip',
  summary: 'Mirrors left and right.',
  fields: commonFields.filter((name) => name !== 'flip'),
  examples: [
    { query: '', doc: 'As in a mirror.' },
    { query: 'width=240&height=240', doc: 'Mirrored and stretched to 240 x 240.' },
  ],
  transform: (params, image) => arrange({ ...params, flip: true }, image),
};
