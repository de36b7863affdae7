import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readLuma, ssim } from '../../engine/encode/ssim.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { openBatch, type Rig } from '../batch/support/rig.ts';
import { drawn, png, type Rgb } from '../engine/support/pictures.ts';
import { form, startTestService, type TestService } from '../inline/setup.ts';

type Params = Readonly<Record<string, string>>;
/** The JPEG that a door makes, or what it says instead. */
type Answer = Buffer | string;

let service: TestService;
let batch: Rig;
let picture: Buffer;
beforeAll(async () => {
  service = await startTestService({ DEST_BUCKET_NAME: '' });
  batch = await openBatch({});
  const wave = (value: number): number => Math.round(127 + 120 * Math.sin(value / 300));
  const ripples = (x: number, y: number): Rgb => [wave(x * y), wave(x * (y + 40)), wave(x * (y + 80))];
  picture = await png(drawn(240, 160, ripples));
});
afterAll(async () => {
  await service.close();
  await batch.close();
});

async function answered(answer: Response): Promise<Answer> {
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : await answer.text();
}

/** What a person does at each door. */
const doors: Readonly<Record<string, (params: Params) => Promise<Answer>>> = {
  'form fields': async (params) => {
    const body = form({ format: 'jpg', image: { data: picture, name: 'ripples.png' }, ...params });
    return await answered(await fetch(service.convertUrl, { method: 'POST', body }));
  },
  'a query': async (params) => {
    const query = new URLSearchParams({ type: 'jpeg', ...params });
    const body = new Uint8Array(picture);
    return await answered(await fetch(`${service.convertUrl}?${query}`, { method: 'POST', body }));
  },
  'metadata of an upload': async (params) => {
    const query = new URLSearchParams(params).toString();
    const name = `ripples-${query.replaceAll(/\W/g, '-')}`;
    await batch.upload(`${name}.png`, picture, { formats: 'jpg', params: query });
    await batch.settled();
    return await batch.output(`${name}.jpg`).catch(async () => {
      const { reason } = await batch.record(`_failed/${name}.jpg.json`);
      return String(reason);
    });
  },
};

describe.each(Object.keys(doors))('as %s', (door) => {
  const ask = async (params: Params): Promise<Answer> => (await doors[door]?.(params)) ?? '';
  const made = async (params: Params): Promise<Buffer> => {
    const answer = await ask(params);
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };

  test.each(['0.96', '0.99'])('quality=auto finds the quality of similarity=%s', async (similarity) => {
    const output = await made({ quality: 'auto', similarity });
    const reached = await ssim(await readLuma(sharp(picture)), await readLuma(sharp(output)));
    expect(Math.abs(reached - Number(similarity))).toBeLessThanOrEqual(0.005);
  });

  test('maxbytes is kept, and used', async () => {
    const output = await made({ maxbytes: '9000' });
    expect(output.length).toBeLessThanOrEqual(9000);
    expect(output.length).toBeGreaterThan(8000);
    expect((await made({})).length).toBeGreaterThan(9000);
  });

  test('maxbytes that nothing reaches is refused with the size that was reached', async () => {
    expect(await ask({ maxbytes: '100' })).toMatch(/maxbytes: expected at most 100 bytes, got \d+/);
  });
});
