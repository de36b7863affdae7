import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfig } from '../../common/fields/config.ts';
import { type FieldTable, readFields } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';

const table = {
  PORT: { kind: 'int', min: 0, max: 65_535, default: 8080, doc: '' },
  RATIO: { kind: 'float', doc: '' },
  OPEN: { kind: 'bool', default: false, doc: '' },
  LEVEL: { kind: 'enum', values: ['info', 'warn'], default: 'info', doc: '' },
  DOORS: { kind: 'list', values: ['a', 'b'], default: ['a'], doc: '' },
  URL: { kind: 'string', pattern: /^https?:/, expects: 'a URL', doc: '' },
  KEY: { kind: 'string', secret: true, pattern: /^.{8,}$/, expects: 'at least 8 characters', doc: '' },
  BUCKET: { kind: 'string', required: true, doc: '' },
} as const satisfies FieldTable;

test('an unset or empty setting has its default', () => {
  expect(readConfig(table, { BUCKET: 'b', PORT: '', OTHER: 'x' })).toEqual({
    PORT: 8080,
    OPEN: false,
    LEVEL: 'info',
    DOORS: ['a'],
    BUCKET: 'b',
  });
});

test('settings are read exactly', () => {
  const env = {
    BUCKET: 'b',
    PORT: '0',
    RATIO: '0.5',
    OPEN: 'true',
    LEVEL: 'warn',
    DOORS: 'b, a',
    URL: 'http://x',
  };
  expect(readConfig(table, env)).toEqual({
    BUCKET: 'b',
    PORT: 0,
    RATIO: 0.5,
    OPEN: true,
    LEVEL: 'warn',
    DOORS: ['b', 'a'],
    URL: 'http://x',
  });
});

test('all errors are reported at once, by name, with what was expected, and without secrets', () => {
  const env = {
    PORT: '80800',
    RATIO: 'x',
    OPEN: 'maybe',
    LEVEL: 'loud',
    DOORS: 'a,c',
    URL: 'ftp://x',
    KEY: 'short',
  };
  const read = () => readConfig(table, env);
  expect(read).toThrow(Problem);
  expect(read).toThrow(
    [
      'Configuration:',
      '  PORT: expected a whole number from 0 to 65535, got "80800"',
      '  RATIO: expected a number, got "x"',
      '  OPEN: expected true or false, got "maybe"',
      '  LEVEL: expected one of info, warn, got "loud"',
      '  DOORS: expected a comma-separated list of a, b, got "a,c"',
      '  URL: expected a URL, got "ftp://x"',
      '  KEY: expected at least 8 characters, got (hidden)',
      '  BUCKET: expected text, got nothing',
    ].join('\n'),
  );
});

test('every integer in range is read as itself, and any other text is an error', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), (port) => {
      expect(readConfig(table, { BUCKET: 'b', PORT: String(port) }).PORT).toBe(port);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !/^\s*-?\d+\s*$/.test(text)),
      (text) => {
        expect(() => readConfig(table, { BUCKET: 'b', PORT: text })).toThrow(/PORT: expected/);
      },
    ),
  );
});

test('any text gives a value of its kind or an error', () => {
  const { BUCKET: _required, ...fields } = table;
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(fields)),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('lenient', 'exact'),
      (name, text, dialect) => {
        const { values, errors } = readFields(fields, [[name, text]], dialect as 'lenient' | 'exact');
        if (errors.length > 0) expect(errors).toMatchObject([{ name, raw: text }]);
        const port = (values as { PORT: number }).PORT;
        expect(Number.isInteger(port) && port >= 0 && port <= 65_535).toBe(true);
      },
    ),
  );
});
