import fc from 'fast-check';

/** Parts of names that programs read in ways of their own. */
const parts = [
  ...[
    'a',
    'B',
    '/',
    '//',
    '.',
    '..',
    '%',
    '%2e',
    '?',
    '#',
    '\\',
    ' ',
    '\t',
    '\n',
    '\0',
    '\x7f',
    '\u0085',
    '\u2028',
  ],
  ...[
    'ü',
    'u\u0308',
    '\ufeff',
    '\u202e',
    '\u{1F389}',
    '\ud800',
    '"',
    "'",
    ';',
    ':',
    '*',
    '&',
    '+',
    '-',
    '-320w',
    '-64w-',
  ],
  ...['.png', '.JPG', '.webp', '.svgz', '.123', 'v1.0', '_failed', '_manifest', '__proto__', 'gs:', 'C:'],
];

/** Names of objects and of uploaded files: any text, and texts of parts that are known to do harm. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((some) => some.join('')),
  fc
    .tuple(fc.constantFrom('a', 'ü', '/a'), fc.integer({ min: 480, max: 1030 }))
    .map(([text, count]) => text.repeat(count)),
);
