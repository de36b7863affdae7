import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const smartcrop: Operation = {
  name: 'smartcrop',
  summary: 'Covers a box and keeps the part that attracts attention: skin, contrast, saturated colour.',
  fields: commonFields.filter((name) => !['fit', 'gravity', 'focus'].includes(name)),
  examples: [
    { query: 'width=240&height=240', doc: 'The most interesting square.' },
    { query: 'width=120&height=240&type=webp', doc: 'A narrow one, as WebP.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required param: height or width');
    const { focus: _focus, fit: _fit, ...rest } = params;
    return arrange(rest, image, { crop: true, gravity: 'smart' });
  },
};
