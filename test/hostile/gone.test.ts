import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createNoopMeter, type Meter, metrics } from '@opentelemetry/api';
import type { EndedSpan } from '../../common/telemetry/recording_span.ts';
import { noise, post, startTestService, type TestService } from '../inline/setup.ts';
import { collectSpans, stopCollecting } from '../telemetry/support/recorded.ts';

type Load = Record<string, number>;

/** Returns a function that reads the gauge of the queue. */
function watchQueue(): () => Load {
  let read: ((result: { observe(value: number, labels: Load): void }) => void) | undefined;
  const createObservableGauge = () => ({
    addCallback: (callback: typeof read) => {
      read = callback;
    },
    removeCallback: () => {},
  });
  const meter = Object.assign(createNoopMeter(), { createObservableGauge }) as unknown as Meter;
  metrics.disable();
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  return () => {
    const load: Load = {};
    read?.({ observe: (value, { state }) => Object.assign(load, { [String(state)]: value }) });
    return load;
  };
}

let spans: EndedSpan[];
let load: () => Load;
let service: TestService;
let slow: Buffer;
beforeAll(async () => {
  slow = await noise(1400, 1400);
  spans = collectSpans();
  load = watchQueue();
  service = await startTestService({ CONVERSIONS: '1', WAIT_MS: '60000' });
});
afterAll(async () => {
  stopCollecting();
  await service.close();
});

const conversions = (): readonly EndedSpan[] => spans.filter(({ name }) => name === 'convert');

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

/** Pixels wait for the one slot; a document would have one of its own. */
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64').toString(
  'latin1',
);
const part = (name: string, value: string): string =>
  `--e\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const form = `${part('format', 'png')}${part('image"; filename="x', gif)}--e--\r\n`;

test.each([
  ['inline', '/convert', 'multipart/form-data; boundary=e', form],
  ['on the fly', '/convert?type=png', 'application/octet-stream', gif],
])('%s, nothing is converted for a client that disconnects in the queue', async (_door, path, type, body) => {
  const image = { data: slow, name: 'x.png' };
  const first = post(service.convertUrl, { format: 'webp', name: 'first', image });
  await until(() => load().running === 1);
  const second = connect(service.port, '127.0.0.1');
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}`;
  second.write(`${head}\r\n\r\n${body}`, 'latin1');
  await until(() => load().waiting === 1);

  second.destroy();
  const gone = await service.line(({ httpRequest }) => (httpRequest as { status?: number })?.status === 499);
  service.lines.splice(service.lines.indexOf(gone), 1);
  expect((await first).status).toBe(200);
  await until(() => conversions().length === 2);
  const failures = conversions().map(({ attributes }) => attributes['error.type']);
  expect(failures).toEqual([undefined, 'upload_timeout']);
  spans.length = 0;
});
