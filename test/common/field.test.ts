import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type FieldTable, readFields } from '../../common/fields/field.ts';

const table = {
  int: { kind: 'int', doc: 'A whole number.' },
  float: { kind: 'float', doc: 'A number.' },
  bool: { kind: 'bool', doc: 'Yes or no.' },
  text: { kind: 'string', doc: 'Text.' },
  colour: { kind: 'colour', doc: 'A colour.' },
  ink: { kind: 'colour', doc: 'A colour.', otherwise: 'black' },
  word: { kind: 'enum', doc: 'A word.', values: ['north', 'south'], otherwise: 'north' },
  strict: { kind: 'enum', doc: 'A word.', values: ['a', 'b'] },
  list: { kind: 'list', doc: 'Words.' },
  shift: { kind: 'float', doc: 'More or less.', min: -10, max: 10, neutral: 0 },
  times: { kind: 'float', doc: 'A factor.', min: 0, max: 10, neutral: 1 },
  ratio: { kind: 'float', doc: 'A ratio.', min: 0.5, max: 3, unit: 'parts', names: { most: 3 } },
  loose: { kind: 'int', doc: 'A level.', min: 1, max: 100, outside: 'allowed' },
  sides: { kind: 'numbers', doc: 'Sides.', count: [1, 4], min: 0, max: 100, names: { all: -1 } },
  tones: { kind: 'colours', doc: 'Colours.', count: [2, 2] },
  port: { kind: 'int', doc: 'A port.', default: 8080, min: 1, max: 65_535 },
} as const satisfies FieldTable;
type Name = keyof typeof table;

const read = (name: Name, raw: string, dialect: 'lenient' | 'exact' = 'lenient') => {
  const { values, errors } = readFields(table, [[name, raw]], dialect);
  const [error] = errors;
  return error ? `error: ${error.reason}` : values[name as 'int'];
};

/** As Imaginary reads a query: its api.md, section 4. */
test.each<[Name, string, unknown]>([
  ['int', '100', 100],
  ['int', '0100', 100],
  ['int', '-100', 100],
  ['int', '99.02', 99],
  ['int', '99.9', 100],
  ['int', '99.5', 100],
  ['int', '1e2', 100],
  ['int', '0.4', 0],
  ['int', '', 0],
  ['int', '+5', 5],
  ['int', '.5', 1],
  ['int', 'abc', 'error: strconv.ParseFloat: parsing "abc": invalid syntax'],
  ['int', ' 5', 'error: strconv.ParseFloat: parsing " 5": invalid syntax'],
  ['int', '0x12c', 'error: strconv.ParseFloat: parsing "0x12c": invalid syntax'],
  ['int', 'NaN', 'error: strconv.ParseFloat: parsing "NaN": invalid syntax'],
  ['int', '1e999', 'error: strconv.ParseFloat: parsing "1e999": value out of range'],
  ['float', '-0.25', 0.25],
  ['float', '', 0],
  ['float', 'x', 'error: unsupported value'],
  ['bool', 'T', true],
  ['bool', 'FALSE', false],
  ['bool', '', false],
  ['bool', 'yes', 'error: unsupported value'],
  ['bool', 'tRUE', 'error: unsupported value'],
  ['colour', '10,20,30', { r: 10, g: 20, b: 30, alpha: 1 }],
  ['colour', ' -1, 256 , 50', { r: 0, g: 255, b: 50, alpha: 1 }],
  ['colour', 'a, 20 , &hel0', { r: 0, g: 20, b: 0, alpha: 1 }],
  ['colour', '1,2,3,4', { r: 1, g: 2, b: 3, alpha: 1 }],
  ['colour', '#ff8000', { r: 255, g: 128, b: 0, alpha: 1 }],
  ['colour', 'red', { r: 255, g: 0, b: 0, alpha: 1 }],
  ['colour', '', undefined],
  ['colour', '255', 'error: unsupported value'],
  ['colour', '255,1', 'error: unsupported value'],
  ['colour', 'nosuchcolour', 'error: unsupported value'],
  ['ink', '255', { r: 0, g: 0, b: 0, alpha: 1 }],
  ['ink', 'nosuchcolour', { r: 0, g: 0, b: 0, alpha: 1 }],
  ['word', ' SOUTH ', 'south'],
  ['word', 'centre', 'north'],
  ['strict', 'c', 'error: expected one of a, b'],
  ['list', ' a, b,,c ', ['a', 'b', 'c']],
  ['shift', '-10', -10],
  ['shift', '0', 0],
  ['shift', '', undefined],
  ['shift', '-10.1', 'error: expected a number from -10 to 10'],
  ['shift', 'x', 'error: invalid syntax'],
  ['times', '0', 0],
  ['times', '', undefined],
  ['times', '-2', 2],
  ['times', '10.5', 'error: expected a number from 0 to 10'],
  ['ratio', '0', undefined],
  ['ratio', '0.4', 'error: expected a number from 0.5 to 3 (parts) or most'],
  ['ratio', 'Most', 3],
  ['loose', '0', 0],
  ['sides', '1,2', [1, 2]],
  ['sides', ' 1px 2.5px  3 4px', [1, 2.5, 3, 4]],
  ['sides', '1:2', [1, 2]],
  ['sides', 'all', [-1]],
  ['sides', '', undefined],
  ['sides', '-1', 'error: expected 1 to 4 numbers from 0 to 100 or all'],
  ['sides', '1,2,3,4,5', 'error: expected 1 to 4 numbers from 0 to 100 or all'],
  [
    'tones',
    'red,00f',
    [
      { r: 255, g: 0, b: 0, alpha: 1 },
      { r: 0, g: 0, b: 255, alpha: 1 },
    ],
  ],
  [
    'tones',
    'rgb(1, 2, 3) white',
    [
      { r: 1, g: 2, b: 3, alpha: 1 },
      { r: 255, g: 255, b: 255, alpha: 1 },
    ],
  ],
  ['tones', 'red', 'error: expected 2 colours such as #ff8000 or orange'],
  ['loose', '101', 101],
])('lenient %s %j is %j', (name, raw, expected) => {
  expect(read(name, raw)).toEqual(expected);
});

test.each<[Name, string, unknown]>([
  ['port', '8081', 8081],
  ['port', '0', 'error: expected a whole number from 1 to 65535'],
  ['port', '65536', 'error: expected a whole number from 1 to 65535'],
  ['port', '80.5', 'error: invalid syntax'],
  ['port', '', 'error: invalid syntax'],
  ['int', '-5', -5],
  ['bool', '', 'error: unsupported value'],
])('exact %s %j is %j', (name, raw, expected) => {
  expect(read(name, raw, 'exact')).toEqual(expected);
});

test('any whole number reads back as itself, without its sign where lenient', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(read('int', `${value}`)).toBe(Math.abs(value));
      expect(read('int', `${value}`, 'exact')).toBe(value);
    }),
  );
});

test('any number reads back without its sign, and as a whole number rounded half up', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
      expect(read('float', `${value}`)).toBe(Math.abs(value));
      expect(read('int', `${value}`)).toBe(Math.floor(Math.abs(value) + 0.5));
    }),
  );
});

test('any text gives a value of its kind or one error that names it, and never throws', () => {
  const isKind: Readonly<Record<string, (value: unknown) => boolean>> = {
    int: (value) => Number.isInteger(value) && (value as number) >= 0,
    float: (value) => value === undefined || (Number.isFinite(value) && (value as number) >= -10),
    bool: (value) => typeof value === 'boolean',
    string: (value) => typeof value === 'string',
    enum: (value) => value === undefined || typeof value === 'string',
    list: Array.isArray,
    numbers: (value) => value === undefined || Array.isArray(value),
    colours: (value) => value === undefined || Array.isArray(value),
    colour: (value) =>
      value === undefined || Object.values(value as object).every((part) => part >= 0 && part <= 255),
  };
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[-+0-9.eE,#a-f ]*$/));
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(table) as Name[])), text, (name, raw) => {
      const { values, errors } = readFields(table, [[name, raw]], 'lenient');
      if (errors.length > 0) expect(errors).toEqual([expect.objectContaining({ name, raw })]);
      else expect(isKind[table[name].kind]?.(values[name])).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('any three numbers are the colour they say, within its bounds', () => {
  const part = fc.integer({ min: -999, max: 999 });
  fc.assert(
    fc.property(part, part, part, (r, g, b) => {
      const bound = (value: number): number => Math.min(255, Math.max(0, value));
      expect(read('colour', `${r},${g} , ${b}`)).toEqual({ r: bound(r), g: bound(g), b: bound(b), alpha: 1 });
    }),
  );
});

test('unknown names are ignored, errors are collected, defaults fill in', () => {
  const texts = [
    ['nosuch', '1'],
    ['toString', '1'],
    ['int', 'x'],
    ['bool', 'y'],
    ['text', 'z'],
  ] as const;
  const { values, errors } = readFields(table, texts, 'lenient');
  expect(values).toEqual({ text: 'z', port: 8080 });
  expect(errors.map(({ name }) => name)).toEqual(['int', 'bool']);
});
