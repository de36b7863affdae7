import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const resize: Operation = {
  name: 'resize',
  summary: 'Fits a picture into a box and pads what is left; never enlarges both sides.',
  fields: [...commonFields, 'nocrop'],
  examples: [
    { query: 'width=300', doc: '300 pixels wide, height in proportion.' },
    {
      query: 'width=300&height=200&type=jpeg',
      doc: 'Inside 300 x 200, the edge repeated around it, as JPEG.',
    },
    { query: 'width=300&height=300&extend=white', doc: 'Inside 300 x 300, padded in white.' },
    { query: 'width=300&height=200&nocrop=false', doc: 'Covers 300 x 200, the rest cut off.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required param: height or width');
    const crop = params.nocrop === undefined ? {} : { crop: !params.nocrop };
    return arrange(params, image, { embed: true, ...crop });
  },
};
