import { placeholderFields } from '../../../engine/catalog.ts';
import { sendText } from '../response/send.ts';
import { describePicture } from './describe.ts';
import type { EndpointSpec } from './endpoint.ts';

export const infoEndpoint: EndpointSpec = {
  name: 'info',
  kind: 'image',
  methods: ['get', 'post'],
  summary:
    'Describes a picture by its header, as JSON: size, type, colour space and orientation; placeholders if they are asked for.',
  parameters: [],
  ownParameters: placeholderFields,
  success: { json: 'Info' },
  examples: [{ query: '', doc: 'Size, type, colour space, orientation.' }],
  createAnswer:
    ({ context }) =>
    async (exchange) =>
      sendText(exchange, 200, 'application/json', JSON.stringify(await describePicture(exchange, context))),
};
