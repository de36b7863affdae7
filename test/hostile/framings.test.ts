import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startTestService, type TestService } from '../inline/setup.ts';
import { answersTo, statusesIn } from './support/answers.ts';
import { type Exchange, exchange } from './support/framing.ts';

let service: TestService;
beforeAll(async () => {
  // Without a bucket the answers are pictures.
  service = await startTestService({ DEST_BUCKET_NAME: '', CDN_URL: '' });
});
afterAll(async () => await service.close());

const exchanges = fc.sample(exchange, { seed: 20, numRuns: 480 });
const atATime = 12;
const groups = Array.from({ length: exchanges.length / atATime }, (_, group) =>
  exchanges.slice(group * atATime, (group + 1) * atATime),
);
const isClear = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500);

/** What is wrong with the answers, and what was sent. */
async function faultOf(sent: Exchange): Promise<string | undefined> {
  const got = await answersTo(sent, service.port);
  const statuses = statusesIn(got);
  // An answer before the end of its request says that it is the last one.
  const isLast = /^connection: close/im.test(got.toString('latin1'));
  const isRight =
    sent.answers === undefined || statuses.length === sent.answers || (isLast && statuses.length > 0);
  if (isRight && statuses.every(isClear)) return undefined;
  const pieces = sent.pieces.map((piece) => JSON.stringify(piece.toString('latin1')));
  return `${sent.answers} answers expected, got ${statuses}\n${pieces.join('\n')}\n--- ${got.toString('latin1')}`;
}

test('requests framed in any way get clear answers at both doors, and the next client is served', async () => {
  const good = exchanges.find(({ answers }) => answers === 1) as Exchange;
  for (const group of groups) {
    expect((await Promise.all(group.map(faultOf))).filter(Boolean)).toEqual([]);
    expect(await faultOf(good)).toBeUndefined();
  }
});
