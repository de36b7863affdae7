import { fromExif } from '../transform/orientation.ts';
import type { Operation } from './operation.ts';

export const autorotate: Operation = {
  name: 'autorotate',
  summary:
    'Lays a photo upright by its EXIF orientation and does nothing else: it takes no parameters, so it keeps all metadata even where stripmeta is given: use convert?stripmeta=true to strip it.',
  fields: [],
  examples: [{ query: '', doc: 'Upright, whichever way the camera was held.', needsSideways: true }],
  transform: (_params, image) => ({ orientation: fromExif(image.orientation) }),
};
