import { convertOperation, params, presetNamed } from '../../../engine/catalog.ts';
import type { EndpointSpec } from './endpoint.ts';
import { answerImage } from './image.ts';

const folder = '/preset/';

/** `/preset/NAME` is `/convert?preset=NAME`: the preset's steps, with the parameters of the request over them. */
export const presetEndpoint: EndpointSpec = {
  name: 'preset',
  kind: 'image',
  path: `${folder}{name}`,
  methods: ['get', 'post'],
  summary: 'Applies a preset; own parameters win over those of the preset.',
  parameters: Object.keys(params) as (keyof typeof params)[],
  success: 'picture',
  isOffered: ({ PRESETS }) => Boolean(PRESETS),
  createAnswer:
    ({ context, prefix }) =>
    async (exchange) => {
      const preset = presetNamed(context.presets, exchange.path.slice(prefix.length + folder.length));
      const steps = ({ params: own }: { readonly params: object }) => [
        { operation: convertOperation, params: own },
      ];
      await answerImage({ ...exchange, preset }, steps, context);
    },
};
