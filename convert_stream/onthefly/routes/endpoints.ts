import vary from 'vary';
import { operations } from '../../../engine/catalog.ts';
import { libvipsVersion } from '../../../engine/index.ts';
import type { Endpoint, Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';
import { pipelineEndpoint } from '../request/pipeline.ts';
import { sendText } from '../response/send.ts';
import type { EndpointSetup, EndpointSpec, Success } from './endpoint.ts';
import { formEndpoint } from './form.ts';
import { readHealth } from './health.ts';
import { answerImage } from './image.ts';
import { infoEndpoint } from './info.ts';
import { namedImageEndpoint } from './named_image.ts';
import { presetEndpoint } from './preset.ts';
import { srcsetEndpoint } from './srcset.ts';

const sendJson = (exchange: Exchange, value: unknown): void =>
  sendText(exchange, 200, 'application/json', JSON.stringify(value));

const versions = { imaginary: version, bimg: version, libvips: libvipsVersion };

/** Links to the documentation (RFC 8631). */
const linksOf = (prefix: string): string =>
  `<${prefix}/form>; rel="service-doc", <${prefix}/openapi.json>; rel="service-desc"`;

type Answer = (setup: EndpointSetup) => Endpoint['answer'];

/** An endpoint that describes the service. */
const pageEndpoint = (
  name: string,
  summary: string,
  success: Success,
  createAnswer: Answer,
): EndpointSpec => ({
  name,
  kind: 'page',
  methods: ['get'],
  summary,
  parameters: [],
  success,
  createAnswer,
});

/** Browsers name HTML in Accept; programs do not. */
const wantsPage = ({ req }: Pick<Exchange, 'req'>): boolean =>
  req.headers.accept?.includes('text/html') === true;

/** Leads browsers to the page, where it is not switched off. Programs get Imaginary's answer. */
const answerIndex: Answer =
  ({ prefix, disabled }) =>
  (exchange) => {
    const { res } = exchange;
    const isPage = wantsPage(exchange) && !disabled.has('form');
    // Caches keep the versions below a prefix only; at the root their headers are Imaginary's.
    if (isPage || prefix !== '') vary(res, 'Accept');
    if (isPage) return void res.writeHead(302, { location: `${prefix}/form`, 'content-length': 0 }).end();
    res.setHeader('link', linksOf(prefix));
    sendJson(exchange, versions);
  };

/** The first request that needs rarely used code imports it. */
const pages: readonly EndpointSpec[] = [
  {
    ...pageEndpoint('', 'Versions; browsers are led to the page', { json: 'Versions' }, answerIndex),
    isOpen: wantsPage,
  },
  pageEndpoint(
    'health',
    'State of the process',
    { json: 'Health' },
    () => (exchange) => sendJson(exchange, readHealth()),
  ),
  pageEndpoint(
    'formats',
    'Formats that the service reads and writes, and its limits',
    { json: 'Formats' },
    ({ context }) =>
      async (exchange) => {
        const { formatTable } = await import('../../../engine/catalog.ts');
        sendJson(exchange, formatTable(context.convertOptions.limits));
      },
  ),
  formEndpoint,
  pageEndpoint('openapi.json', 'This description', 'json', (setup) => async (exchange) => {
    const { openApi } = await import('./openapi.ts');
    const presets = [...setup.context.presets.keys()];
    sendJson(exchange, openApi({ ...setup, presets }));
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
    ({ context }) =>
    (exchange) =>
      answerImage(exchange, ({ params }) => [{ operation: name, params }], context),
}));

/** Every endpoint of the on-the-fly door. */
export const endpointSpecs: readonly EndpointSpec[] = [
  ...pages,
  ...operationEndpoints,
  pipelineEndpoint,
  infoEndpoint,
  namedImageEndpoint,
  presetEndpoint,
  srcsetEndpoint,
];
