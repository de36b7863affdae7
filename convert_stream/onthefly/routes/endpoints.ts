import { operations } from '../../engine/operations/index.ts';
import { sharp } from '../../engine/sharp.ts';
import type { EndpointContext, EndpointSpec, Success } from './endpoint.ts';
import type { Endpoint, Exchange } from './exchange.ts';
import { health } from './health.ts';
import { answerImage } from './image.ts';
import { namedImageEndpoint } from './images.ts';
import { infoEndpoint } from './info.ts';
import { pipelineEndpoint } from './pipeline.ts';
import { sendText } from './send.ts';
import { version } from './version.ts';

const json = (exchange: Exchange, value: unknown): void =>
  sendText(exchange, 200, 'application/json', JSON.stringify(value));

const versions = { imaginary: version, bimg: version, libvips: sharp.versions.vips };

/** Where people and programs read on (RFC 8631): to browsers, too, the answer itself is Imaginary's. */
const linksOf = (prefix: string): string =>
  `<${prefix}/form>; rel="service-doc", <${prefix}/openapi.json>; rel="service-desc"`;

type Answer = (context: EndpointContext) => Endpoint['answer'];

/** Tells about the service itself. */
const page = (name: string, summary: string, success: Success, createAnswer: Answer): EndpointSpec => ({
  name,
  kind: 'page',
  methods: ['get'],
  summary,
  parameters: [],
  success,
  createAnswer,
});

/** Rarely used code is imported by the first request that needs it. */
const pages: readonly EndpointSpec[] = [
  page('', 'Versions', { json: 'Versions' }, ({ prefix }) => (exchange) => {
    exchange.res.setHeader('link', linksOf(prefix));
    json(exchange, versions);
  }),
  page('health', 'State of the process', { json: 'Health' }, () => (exchange) => json(exchange, health())),
  page(
    'formats',
    'Formats that are read and written here, and limits',
    { json: 'Formats' },
    ({ shop }) =>
      async (exchange) => {
        const { formatTable } = await import('../../engine/formats/table.ts');
        json(exchange, formatTable(shop.convertOptions.limits));
      },
  ),
  page('form', 'A page to try the operations', 'html', ({ prefix, specs }) => async (exchange) => {
    const { form, formPolicy } = await import('./form.ts');
    exchange.res.setHeader('content-security-policy', formPolicy);
    sendText(exchange, 200, 'text/html', form(prefix, specs));
  }),
  page('openapi.json', 'This description', 'json', (context) => async (exchange) => {
    const { openApi } = await import('./openapi.ts');
    json(exchange, openApi(context));
  }),
];

const operationEndpoints: readonly EndpointSpec[] = operations.map(({ name, summary, fields, examples }) => ({
  name,
  kind: 'image',
  methods: ['get', 'post'],
  summary,
  parameters: fields,
  success: 'picture',
  examples,
  createAnswer:
    ({ shop }) =>
    (exchange) =>
      answerImage(exchange, ({ params }) => [{ operation: name, params }], shop),
}));

/** Every endpoint of the on-the-fly door. */
export const endpointSpecs: readonly EndpointSpec[] = [
  ...pages,
  ...operationEndpoints,
  pipelineEndpoint,
  infoEndpoint,
  namedImageEndpoint,
];
