import { arrange, commonFields, orientationOf } from '../arrange.ts';
import { fitInside } from '../geometry.ts';
import { type Operation, requires } from '../operation.ts';
import { laid } from '../orientation.ts';

export const fit: Operation = {
  name: 'fit',
  summary: 'Scales down until it fits inside a box; never enlarges, pads or stretches.',
  fields: commonFields.filter((name) => !['force', 'embed', 'gravity', 'extend'].includes(name)),
  examples: [
    { query: 'width=300&height=300', doc: 'Its longer side is 300.' },
    { query: 'width=600&height=200&type=webp', doc: 'Inside 600 x 200, as WebP.' },
  ],
  transform: (params, image) => {
    const { width = 0, height = 0 } = params;
    requires(width && height, 'Missing required params: height, width');
    const source = laid(image, orientationOf(params, image));
    return arrange({ ...params, ...fitInside(source, { width, height }) }, image, { force: true });
  },
};
