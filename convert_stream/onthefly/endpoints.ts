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

const page = (name: string, answer: Endpoint['answer']): Endpoint => ({ name, kind: 'page', answer });

/** Where people and programs read on (RFC 8631): to browsers, too, the answer itself is Imaginary's. */
const linksOf = (prefix: string): string =>
  `<${prefix}/form>; rel="service-doc", <${prefix}/openapi.json>; rel="service-desc"`;

/** What answers about the service itself. What is seldom asked for is loaded when it is. */
const pagesOf = (prefix: string, { convertOptions }: Workshop): readonly Endpoint[] => [
  page('', (exchange) => {
    exchange.res.setHeader('link', linksOf(prefix));
    json(exchange, versions);
  }),
  page('health', (exchange) => json(exchange, health())),
  page('formats', async (exchange) => {
    const { formatTable } = await import('../../engine/formats/table.ts');
    json(exchange, formatTable(convertOptions.limits));
  }),
  page('form', async (exchange) => {
    const { form, formPolicy } = await import('./form.ts');
    exchange.res.setHeader('content-security-policy', formPolicy);
    sendText(exchange, 200, 'text/html', form(prefix));
  }),
  page('openapi.json', async (exchange) => {
    const { openApi } = await import('./openapi.ts');
    json(exchange, openApi(prefix));
  }),
];

export interface EndpointOptions {
  readonly shop: Workshop;
  readonly disabled: ReadonlySet<string>;
  readonly prefix: string;
}

/** Every endpoint by its name: the last part of its path. */
export function endpointsOf({ shop, disabled, prefix }: EndpointOptions): ReadonlyMap<string, Endpoint> {
  const image = (name: string, answer: Endpoint['answer']): Endpoint => ({ name, kind: 'image', answer });
  const all: readonly Endpoint[] = [
    ...pagesOf(prefix, shop),
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
