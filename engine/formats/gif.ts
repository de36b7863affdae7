import type { Format } from '../format.ts';
import { bySharp, timing } from './encoder.ts';
import { has } from './sniffing.ts';

export const gif: Format = {
  name: 'gif',
  mime: 'image/gif',
  extensions: ['gif'],
  reads: true,
  writes: true,
  animated: true,
  alpha: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'GIF87a') || has(head, 'GIF89a'),
  decode: async (input) => ({ bytes: (await import('./gif_disposal.ts')).withClearDisposal(input) }),
  encode: bySharp((image, { effort = 7 }, facts) =>
    image.gif({ effort: Math.min(Math.max(effort, 1), 10), ...timing(facts) }),
  ),
};
