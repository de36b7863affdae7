import { expect, test } from '@jest/globals';
import { operationNamed, operations } from '../../engine/operations/index.ts';
import { png, scenery } from './support/pictures.ts';
import { run } from './support/run.ts';

const picture = await png(scenery(640, 480));
const missing: readonly (readonly [string, string])[] = [
  ['crop', 'Missing required param: height or width'],
  ['smartcrop', 'Missing required param: height or width'],
  ['resize', 'Missing required param: height or width'],
  ['resize width=0.4&height=', 'Missing required param: height or width'],
  ['enlarge width=10', 'Missing required params: height, width'],
  ['fit height=10', 'Missing required params: height, width'],
  ['extract areawidth=10', 'Missing required params: areawidth or areaheight'],
  ['thumbnail', 'Missing required params: width or height'],
  ['rotate', 'Missing required param: rotate'],
  ['convert', 'Missing required param: type'],
  ['watermark', 'Missing required param: text'],
  ['watermark text=%20', 'Missing required param: text'],
  ['watermarkimage', 'Missing required param: image'],
  ['zoom factor=0.4', 'Missing required param: factor'],
  ['zoom factor=1&top=5', 'Missing required params: areawidth, areaheight'],
  ['blur', 'Missing required param: sigma or minampl'],
];

test.each(missing)('%s says %s', async (step, message) => {
  await expect(run(picture, step)).rejects.toMatchObject({ code: 'missing_param', status: 400, message });
});

test('every operation has a summary, a few examples, and fields that exist once', () => {
  for (const { name, summary, fields, examples } of operations) {
    expect(summary).toMatch(/\.$/);
    expect(new Set(fields).size).toBe(fields.length);
    expect([name, examples.length > (name === 'autorotate' ? 0 : 1)]).toEqual([name, true]);
  }
});

const examples = operations.flatMap(({ name, examples }) => examples.map(({ query }) => [name, query]));

test.each(examples)('the example %s?%s works', async (name = '', query = '') => {
  const { data, info } = await run(picture, `${name} ${query}`, { fetchImage: () => png(scenery(80, 60)) });
  expect(data.length).toBeGreaterThan(0);
  expect(info.passes).toBe(1);
});

test('an operation is found by its names, and by no other', () => {
  expect(operationNamed('watermarkImage')).toBe(operationNamed('watermarkimage'));
  expect(() => operationNamed('Crop')).toThrow('Unsupported operation name: Crop');
});
