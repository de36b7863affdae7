import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { noise, png, post, startTestService, type TestService } from './setup.ts';

let service: TestService;
let logo: Buffer;
let slow: Buffer;
beforeAll(async () => {
  logo = await png();
  slow = await noise(900, 900);
  service = await startTestService({ CONVERSIONS: '1', WAITING_PER_CONVERSION: '2', WAIT_MS: '60000' });
});
afterAll(async () => await service.close());

const form = (data: Buffer, name: string) => ({ format: 'webp', name, image: { data, name: 'x.png' } });

test('an upload beyond the queue is refused with 503 and Retry-After; the others are served', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, at) => post(service.convertUrl, form(slow, `busy-${at}`))),
  );
  const served = answers.filter(({ status }) => status === 200);
  const sentAway = answers.filter(({ status }) => status === 503);
  expect(served.length).toBeGreaterThanOrEqual(3);
  expect(served.length + sentAway.length).toBe(12);
  expect(sentAway.length).toBeGreaterThan(0);
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
  expect((await post(service.convertUrl, form(logo, 'quick'))).status).toBe(200);
  for (const socket of held) socket.destroy();
});

test('while the queue is full, an upload is refused before its body arrives', async () => {
  const busy = Array.from({ length: 3 }, (_, at) => post(service.convertUrl, form(slow, `full-${at}`)));
  const status = async (): Promise<string> => {
    const socket = connect(service.port, '127.0.0.1');
    socket.write('POST /convert HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n');
    socket.write('Content-Type: multipart/form-data; boundary=e\r\n\r\n');
    const answer = once(socket, 'data').then(([chunk]) => String(chunk));
    const text = await Promise.race([answer, sleep(300, '')]);
    socket.destroy();
    return text.slice(0, text.indexOf('\r\n'));
  };
  let seen = '';
  while (seen === '') seen = await status();
  expect(seen).toBe('HTTP/1.1 503 Service Unavailable');
  expect((await Promise.all(busy)).map(({ status }) => status)).toEqual([200, 200, 200]);
});
