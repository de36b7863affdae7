import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const resize: Operation = {
  name: 'resize',
  summary: 'Fits a picture into a box and pads the rest; never enlarges both sides.',
  fields: [...commonFields, 'nocrop'],
  examples: [
    { query: 'width=240', doc: '240 pixels wide, height in proportion.' },
    { query: 'width=300&height=200&type=jpeg', doc: 'Inside 300 x 200, as JPEG.' },
    { query: 'width=240&height=240', doc: 'Inside 240 x 240, its edge repeated around it.' },
    { query: 'width=240&height=240&extend=white', doc: 'Inside 240 x 240, padded in white.' },
    { query: 'width=240&height=240&nocrop=false', doc: 'Covers 240 x 240, the rest cut off.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required param: height or width');
    const crop = params.nocrop === undefined ? {} : { crop: !params.nocrop };
    return arrange(params, image, { embed: true, ...crop });
  },
};
