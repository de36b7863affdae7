import { arrange, commonFields } from './from_params.ts';
import type { Operation } from './operation.ts';

export const flop: Operation = {
  name: 'flop',
  summary: 'Mirrors top and bottom.',
  fields: commonFields.filter((name) => name !== 'flop'),
  examples: [
    { query: '', doc: 'As in still water.' },
    { query: 'width=240', doc: 'Mirrored, 240 pixels wide.' },
  ],
  transform: (params, image) => arrange({ ...params, flop: true }, image),
};
