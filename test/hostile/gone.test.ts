import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EndedSpan } from '../../common/telemetry/recording_span.ts';
import { png, post, startTestService, type TestService } from '../inline/setup.ts';
import { signalWorkers } from '../support/codec_workers.ts';
import { until } from '../support/until.ts';
import { collectSpans, type Load, stopCollecting, watchQueue } from '../telemetry/support/recorded.ts';

let spans: EndedSpan[];
let load: () => Load;
let service: TestService;
beforeAll(async () => {
  spans = collectSpans();
  load = watchQueue();
  service = await startTestService({ CONVERSIONS: '1', WAIT_MS: '60000' });
});
afterAll(async () => {
  stopCollecting();
  await service.close();
});

const conversions = (): readonly EndedSpan[] => spans.filter(({ name }) => name === 'convert');

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
  signalWorkers('SIGSTOP');
  const image = { data: await png(), name: 'x.png' };
  const first = post(service.convertUrl, { format: 'jxl', name: 'first', image });
  await until(() => load().running === 1);
  const second = connect(service.port, '127.0.0.1');
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}`;
  second.write(`${head}\r\n\r\n${body}`, 'latin1');
  await until(() => load().waiting === 1);

  second.destroy();
  const gone = await service.line(({ httpRequest }) => (httpRequest as { status?: number })?.status === 499);
  service.lines.splice(service.lines.indexOf(gone), 1);
  signalWorkers('SIGCONT');
  expect((await first).status).toBe(200);
  await until(() => conversions().length === 2);
  const failures = conversions().map(({ attributes }) => attributes['error.type']);
  expect(failures).toEqual([undefined, 'upload_timeout']);
  spans.length = 0;
});
