import { fitInside } from '../transform/geometry.ts';
import { orientationOf, orientedSize } from '../transform/orientation.ts';
import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const fit: Operation = {
  name: 'fit',
  summary: 'Scales down until it fits inside a box; never enlarges, pads or stretches.',
  fields: commonFields.filter(
    (name) => !['force', 'embed', 'fit', 'gravity', 'focus', 'extend'].includes(name),
  ),
  examples: [
    { query: 'width=240&height=240', doc: 'Its longer side is 240; nothing is padded.' },
    { query: 'width=480&height=120&type=webp', doc: '120 high is what fits, as WebP.' },
  ],
  transform: (params, image) => {
    const { width = 0, height = 0, fit: _, ...rest } = params;
    requires(width && height, 'Missing required params: height, width');
    const source = orientedSize(image, orientationOf(params, image));
    return arrange({ ...rest, ...fitInside(source, { width, height }) }, image, { force: true });
  },
};
