import { expect, test } from '@jest/globals';
import { startTrace } from '../../local/trace/server.ts';

async function withPage(work: (url: string) => Promise<void>): Promise<void> {
  const page = await startTrace({ port: 0 });
  try {
    await work(page.url);
  } finally {
    await page.close();
  }
}

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'imagetx' } }] };
const span = (spanId: string, parentSpanId: string | undefined, start: number) => ({
  traceId: 'aa',
  spanId,
  ...(parentSpanId ? { parentSpanId } : {}),
  name: spanId,
  startTimeUnixNano: `${start}000000`,
  endTimeUnixNano: `${start + 5}000000`,
  attributes: [{ key: 'bytes', value: { intValue: '7' } }],
  status: { code: parentSpanId ? 2 : 0 },
});

test('OTLP JSON of any SDK appears as traces and series, with the newest point only', () =>
  withPage(async (url) => {
    const spans = [span('child', 'root', 1002), span('root', undefined, 1000)];
    await post(
      `${url}/v1/traces`,
      JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
    );
    for (const asInt of ['3', '4']) {
      const metrics = [{ name: 'n', unit: '1', sum: { dataPoints: [{ asInt }] } }];
      const body = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
      await post(`${url}/v1/metrics`, JSON.stringify(body));
    }
    const { traces, series } = (await (await fetch(`${url}/data`)).json()) as {
      readonly traces: unknown;
      readonly series: unknown;
    };
    expect(traces).toMatchObject([
      [
        { spanId: 'root', parentId: '', startMs: 1000, endMs: 1005, service: 'imagetx', isError: false },
        { spanId: 'child', parentId: 'root', attributes: { bytes: 7 }, isError: true },
      ],
    ]);
    expect(series).toMatchObject([{ name: 'n', value: 4, service: 'imagetx' }]);
  }));

test('requests for pages are left out, failed ones and those of a door are not', () =>
  withPage(async (url) => {
    const request = (traceId: string, path: string, more: object = {}, door?: string) => {
      const texts = Object.entries({ 'url.path': path, ...(door ? { door } : {}) });
      const attributes = texts.map(([key, stringValue]) => ({ key, value: { stringValue } }));
      return { ...span(traceId, undefined, 1000), traceId, attributes, ...more };
    };
    const spans = [
      request('a', '/form'),
      request('b', '/health'),
      request('c', '/resize', {}, 'onthefly'),
      request('d', '/form', { status: { code: 2 } }),
    ];
    const body = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
    await post(`${url}/v1/traces`, JSON.stringify(body));
    const { traces } = (await (await fetch(`${url}/data?x=1`)).json()) as {
      readonly traces: readonly (readonly { readonly traceId: string }[])[];
    };
    expect(traces.map(([one]) => one?.traceId).sort()).toEqual(['c', 'd']);
  }));

test('the page loads nothing from other servers', () =>
  withPage(async (url) => {
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const text = await page.text();
    expect(text).toContain('Last traces');
    expect(text).not.toMatch(/(?:src|href)="(?!#|data:,|\.\/|[\w.]+")|https?:/);
    for (const [, name] of text.matchAll(/(?:src|href)="([\w]+\.\w+)"/g)) {
      const part = await fetch(`${url}/${name}`);
      expect([part.status, (await part.text()).match(/https?:/)]).toEqual([200, null]);
    }
  }));

test('a body that is not OTLP JSON is refused with a sentence', () =>
  withPage(async (url) => {
    const answer = await post(`${url}/v1/traces`, 'protobuf');
    expect([answer.status, await answer.json()]).toEqual([400, { message: 'expected OTLP JSON' }]);
    expect((await fetch(`${url}/none`)).status).toBe(404);
  }));
