import { fromExif } from '../transform/orientation.ts';
import type { Operation } from './operation.ts';

export const autorotate: Operation = {
  name: 'autorotate',
  summary:
    'Applies the EXIF orientation and does nothing else. It takes no parameters, so it keeps all metadata even with stripmeta; to strip metadata, use convert?stripmeta=true.',
  fields: [],
  examples: [{ query: '', doc: 'Upright, whichever way the camera was held.', needsSideways: true }],
  transform: (_params, image) => ({ orientation: fromExif(image.orientation) }),
};
