import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signalWorkers } from '../support/codec_workers.ts';
import { until } from '../support/until.ts';
import { type Load, stopCollecting, watchQueue } from '../telemetry/support/recorded.ts';
import { png, post, startTestService, type TestService } from './setup.ts';

let service: TestService;
let logo: Buffer;
let load: () => Load;
beforeAll(async () => {
  logo = await png();
  load = watchQueue();
  service = await startTestService({ CONVERSIONS: '1', WAITING_PER_CONVERSION: '2', WAIT_MS: '60000' });
});
afterAll(async () => {
  stopCollecting();
  await service.close();
});

/** A worker writes JPEG XL, so that a test can hold the conversion. */
const form = (name: string) => ({ format: 'jxl', name, image: { data: logo, name: 'x.png' } });

test('an upload beyond the queue is refused with 503 and Retry-After; the others are served', async () => {
  signalWorkers('SIGSTOP');
  const sentAway: Response[] = [];
  const uploads = Array.from({ length: 12 }, async (_, at) => {
    const answer = await post(service.convertUrl, form(`busy-${at}`));
    if (answer.status === 503) sentAway.push(answer);
    return answer.status;
  });
  await until(() => sentAway.length === 9);
  signalWorkers('SIGCONT');
  const statuses = await Promise.all(uploads);
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  for (const answer of sentAway) {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toEqual({ message: expect.stringMatching(/waiting/), status: 503 });
  }
});

test('a slow upload takes no slot from others', async () => {
  const held = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const socket = connect(service.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write('POST /convert HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n');
      socket.write('Content-Type: multipart/form-data; boundary=e\r\n\r\n--e\r\n');
      return socket;
    }),
  );
  expect((await post(service.convertUrl, form('quick'))).status).toBe(200);
  for (const socket of held) socket.destroy();
});

test('while the queue is full, an upload is refused before its body arrives', async () => {
  signalWorkers('SIGSTOP');
  const busy = Array.from({ length: 3 }, (_, at) => post(service.convertUrl, form(`full-${at}`)));
  await until(() => load().waiting === 2);
  const socket = connect(service.port, '127.0.0.1');
  socket.write('POST /convert HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n');
  socket.write('Content-Type: multipart/form-data; boundary=e\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 503 /);
  socket.destroy();
  signalWorkers('SIGCONT');
  expect((await Promise.all(busy)).map(({ status }) => status)).toEqual([200, 200, 200]);
});
