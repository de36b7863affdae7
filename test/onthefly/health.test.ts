import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { get, startServer } from './setup.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('/health counts garbage collections', async () => {
  const { url } = await startServer();
  const cycles = async (): Promise<number> =>
    JSON.parse((await get(url, '/health')).body.toString()).completedGCCycles;
  const before = await cycles();
  let after = before;
  while (after < before + 2) {
    collect();
    await turn();
    after = await cycles();
  }
  expect(after).toBeGreaterThan(before);
});
