import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const blur: Operation = {
  name: 'blur',
  summary: 'Blurs with a Gaussian, after any resizing.',
  fields: commonFields,
  examples: [
    { query: 'sigma=5', doc: 'A soft picture.' },
    { query: 'sigma=15&width=240', doc: '240 pixels wide, only shapes and colours left.' },
  ],
  transform: (params, image) => {
    requires(params.sigma || params.minampl, 'Missing required param: sigma or minampl');
    return arrange(params, image);
  },
};
