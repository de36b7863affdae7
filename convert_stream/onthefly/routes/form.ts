import vary from 'vary';
import type { GuardedExchange } from '../../http/exchange.ts';
import { sendText } from '../response/send.ts';
import type { EndpointSpec } from './endpoint.ts';

/** Names one of the page's sample pictures. */
const sampleIn = ({ query }: Pick<GuardedExchange, 'query'>): string | undefined =>
  query.texts.get('picture');

/** A browser gets the page without a key, which the page asks for; programs are refused as elsewhere. */
const isOpen = (exchange: GuardedExchange): boolean =>
  sampleIn(exchange) !== undefined || exchange.req.headers.accept?.includes('text/html') === true;

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
      const { html, policy } = await page.catch((error) => {
        page = undefined;
        throw error;
      });
      exchange.res.setHeader('content-security-policy', policy);
      exchange.res.setHeader('x-content-type-options', 'nosniff');
      vary(exchange.res, 'Accept');
      sendText(exchange, 200, 'text/html', html);
    };
  },
};
