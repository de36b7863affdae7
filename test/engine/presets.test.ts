import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { addStep, parsePresets, presetNamed } from '../../engine/catalog.ts';

const sample = readFileSync(new URL('../../docs/presets.yaml', import.meta.url), 'utf8');

test('a file of presets is read, and a preset may build on another', async () => {
  const presets = await parsePresets(sample);
  expect([...presets.keys()]).toEqual(['thumb', 'hero', 'thumb_grey']);
  expect(presets.get('hero')?.steps.map(({ operation }) => operation)).toEqual([
    'autorotate',
    'crop',
    'convert',
  ]);
  expect(presets.get('thumb_grey')?.steps).toEqual([
    { operation: 'crop', params: { width: 120, height: 120, type: 'auto', colorspace: 'bw' } },
  ]);
});

test('JSON is as good as YAML', async () => {
  const presets = await parsePresets('{"a": {"operation": "resize", "params": {"width": "300"}}}');
  expect(presets.get('a')?.steps).toEqual([{ operation: 'resize', params: { width: 300 } }]);
});

test.each([
  ['a list', '[]', 'presets: expected presets by name, got []'],
  ['no YAML', 'a: [', 'presets: expected YAML or JSON'],
  ['an unknown operation', 'a: { operation: shrink }', 'a.operation: expected one of convert'],
  [
    'an unknown parameter',
    'a: { operation: resize, params: { widht: 3 } }',
    'a.params.widht: expected a parameter of resize',
  ],
  [
    'a parameter of another operation',
    'a: { operation: resize, params: { width: 3, text: hi } }',
    'a.params.text: expected a parameter of resize',
  ],
  [
    'a value that is none',
    'a: { operation: resize, params: { width: wide } }',
    'a.params.width: expected a whole number',
  ],
  ['a map as a value', 'a: { params: { width: { a: 1 } } }', 'a.params.width: expected text'],
  [
    'a type that cannot be written',
    'a: { params: { type: heic } }',
    'a.params.type: expected auto or a format that can be written, got "heic"',
  ],
  ['a missing parameter', 'a: { operation: resize }', 'a: Missing required param: height or width'],
  ['an unknown base', 'a: { preset: b }', 'a.preset: expected the name of a preset, got "b"'],
  [
    'a circle',
    'a: { preset: b }\nb: { preset: a }',
    'b.preset: expected presets without a circle, got a -> b -> a',
  ],
  ['an unknown key', 'a: { op: resize }', 'a.op: expected preset, operation, params, pipeline'],
  ['an unknown key of a step', 'a: { pipeline: [{ name: x }] }', 'a.pipeline[0].name: expected operation'],
  ['an empty preset', 'a: {}', 'a: expected operation and params, or pipeline, got nothing'],
  [
    'a negative width',
    'a: { operation: resize, params: { width: -240 } }',
    'a.params.width: expected a whole number of at least 0 (pixels), got "-240"',
  ],
  [
    'a quality out of its range',
    'a: { operation: resize, params: { width: 3, quality: 1000 } }',
    'a.params.quality: expected a whole number from 1 to 100',
  ],
  ['an alias of what it is in', 'a: &x { operation: *x }', 'a.operation: expected one of convert'],
  ['a name like a width', '640w: { params: { width: 3 } }', '"640w": expected a name'],
  ['a name with a slash', '"a/b": { params: { width: 3 } }', '"a/b": expected a name'],
  ['a name of the language', '"__proto__": { params: { width: 3 } }', '"__proto__": expected a name'],
])('%s is a fault', async (_what, text, message) => {
  await expect(parsePresets(text)).rejects.toMatchObject({
    code: 'invalid_param',
    message: expect.stringContaining(message),
  });
});

test('all faults are told at once, with their places', async () => {
  const text = '640w: null\na: { operation: shrink }\nb: { pipeline: [{ params: { width: x, height: y } }] }';
  const faults = (await parsePresets(text).catch((error: Error) => error.message)) as string;
  expect(faults.split('\n').slice(1)).toEqual([
    expect.stringContaining('  "640w": expected a name'),
    expect.stringContaining('  640w: expected operation'),
    expect.stringContaining('  a.operation:'),
    expect.stringContaining('  b.pipeline[0].params.width:'),
    expect.stringContaining('  b.pipeline[0].params.height:'),
  ]);
});

test('aliases that grow without end are refused', async () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const name of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`);
  }
  await expect(parsePresets(bomb.join('\n'))).rejects.toMatchObject({ code: 'invalid_param' });
});

test('an unknown preset is an error that lists the known ones', async () => {
  const presets = await parsePresets(sample);
  expect(() => presetNamed(presets, 'nope')).toThrow(
    'preset: expected one of thumb, hero, thumb_grey; got "nope"',
  );
  expect(() => presetNamed(new Map(), 'nope')).toThrow('PRESETS is not set');
});

const crop = { operation: 'crop', params: { width: 240, height: 240 } };
const toAvif = { operation: 'convert', params: { type: 'avif' } };

test.each([
  [
    'replaces a parameter where it is set',
    { width: 100 },
    [{ ...crop, params: { width: 100, height: 240 } }, toAvif],
  ],
  [
    'adds others to the last step that takes them',
    { quality: 50 },
    [crop, { ...toAvif, params: { type: 'avif', quality: 50 } }],
  ],
  ['leaves out what no step takes', { text: 'hi' }, [crop, toAvif]],
])('convert after a preset %s', (_what, params, expected) => {
  expect(addStep([crop, toAvif], { operation: 'convert', params })).toEqual(expected);
});

test('another operation follows the steps of a preset', () => {
  const blur = { operation: 'blur', params: { sigma: 5 } };
  expect(addStep([crop], blur)).toEqual([crop, blur]);
});
