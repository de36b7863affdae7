import { encodeWithSharp, timingOptions } from './encoder.ts';
import type { Format } from './format.ts';
import { has } from './sniff/bytes.ts';

export const gif: Format = {
  name: 'gif',
  mime: 'image/gif',
  extensions: ['gif'],
  reads: true,
  writes: true,
  maxSide: 65_535,
  animated: true,
  alpha: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'GIF87a') || has(head, 'GIF89a'),
  decode: async (input) => ({ bytes: (await import('./gif/disposal.ts')).fixDisposal(input) }),
  encode: encodeWithSharp((image, { effort = 7 }, picture) =>
    image.gif({ effort: Math.min(Math.max(effort, 1), 10), ...timingOptions(picture) }),
  ),
};
