import { operations } from '../../engine/operations/index.ts';
import { sharp } from '../../engine/sharp.ts';
import type { Endpoint, Exchange } from './exchange.ts';
import { health } from './health.ts';
import { answerImage } from './image.ts';
import { answerInfo } from './info.ts';
import type { Workshop } from './load.ts';
import { pipelineSteps } from './pipeline.ts';
import { sendText } from './send.ts';
import { version } from './version.ts';

const json = (exchange: Exchange, value: unknown): void =>
  sendText(exchange, 200, 'application/json', JSON.stringify(value));

const versions = { imaginary: version, bimg: version, libvips: sharp.versions.vips };

/** What answers about the service itself. */
const pages: readonly Endpoint[] = [
  { name: '', kind: 'page', answer: (exchange) => json(exchange, versions) },
  { name: 'health', kind: 'page', answer: (exchange) => json(exchange, health()) },
  {
    name: 'form',
    kind: 'page',
    answer: async (exchange) => {
      const { form } = await import('./form.ts');
      sendText(exchange, 200, 'text/html', form());
    },
  },
  {
    name: 'openapi.json',
    kind: 'page',
    answer: async (exchange) => {
      const { openApi } = await import('./openapi.ts');
      json(exchange, openApi());
    },
  },
];

/** Every endpoint by its name: the last part of its path. */
export function endpointsOf(shop: Workshop, disabled: ReadonlySet<string>): ReadonlyMap<string, Endpoint> {
  const image = (name: string, answer: Endpoint['answer']): Endpoint => ({ name, kind: 'image', answer });
  const all: readonly Endpoint[] = [
    ...pages,
    image('info', (exchange) => answerInfo(exchange, shop)),
    image('pipeline', (exchange) =>
      answerImage(exchange, (asked) => pipelineSteps(asked.operations, disabled), shop),
    ),
    ...operations.map(({ name }) =>
      image(name, (exchange) => answerImage(exchange, ({ params }) => [{ operation: name, params }], shop)),
    ),
  ];
  return new Map(all.map((endpoint) => [endpoint.name, endpoint]));
}
