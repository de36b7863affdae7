import { operations } from '../../../engine/catalog.ts';
import { libvipsVersion } from '../../../engine/index.ts';
import type { Endpoint, Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';
import { pipelineEndpoint } from '../request/pipeline.ts';
import { sendText } from '../response/send.ts';
import type { EndpointContext, EndpointSpec, Success } from './endpoint.ts';
import { health } from './health.ts';
import { answerImage } from './image.ts';
import { infoEndpoint } from './info.ts';
import { namedImageEndpoint } from './named_image.ts';

const json = (exchange: Exchange, value: unknown): void =>
  sendText(exchange, 200, 'application/json', JSON.stringify(value));

const versions = { imaginary: version, bimg: version, libvips: libvipsVersion };

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
        const { formatTable } = await import('../../../engine/catalog.ts');
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
