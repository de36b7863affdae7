import vary from 'vary';
import type { Exchange, GuardedExchange } from '../../http/exchange.ts';
import type { SentPage } from '../page/index.ts';
import type { EndpointSpec } from './endpoint.ts';

/** Names one of the page's sample pictures. */
const sampleIn = ({ query }: Pick<GuardedExchange, 'query'>): string | undefined =>
  query.texts.get('picture');

/** A browser gets the page without a key, which the page asks for; programs are refused as elsewhere. */
const isOpen = (exchange: GuardedExchange): boolean =>
  sampleIn(exchange) !== undefined || exchange.req.headers.accept?.includes('text/html') === true;

const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/;

function sendPage({ req, res }: Exchange, { plain, gzip, policy }: SentPage): void {
  const isZipped = takesGzip.test(String(req.headers['accept-encoding'] ?? ''));
  const body = isZipped ? gzip : plain;
  if (isZipped) res.setHeader('content-encoding', 'gzip');
  res.setHeader('content-security-policy', policy);
  res.setHeader('x-content-type-options', 'nosniff');
  vary(res, ['Accept', 'Accept-Encoding']);
  res.writeHead(200, { 'content-type': 'text/html', 'content-length': body.length }).end(body);
}

/** The page to try the operations. The first request imports it. */
export const formEndpoint: EndpointSpec = {
  name: 'form',
  kind: 'page',
  methods: ['get'],
  summary: 'A page to try the operations',
  parameters: [],
  success: 'html',
  isOpen,
  createAnswer: (setup) => {
    const load = async () => {
      const { renderPage } = await import('../page/index.ts');
      return await renderPage(setup);
    };
    let page: ReturnType<typeof load> | undefined;
    return async (exchange) => {
      const sample = sampleIn(exchange);
      if (sample !== undefined) {
        const { sendSample } = await import('../page/samples.ts');
        return await sendSample(exchange, sample);
      }
      page ??= load();
      const ready = await page.catch((error) => {
        page = undefined;
        throw error;
      });
      sendPage(exchange, ready);
    };
  },
};
