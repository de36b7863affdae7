import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { sniff } from '../../engine/formats/index.ts';
import { decoded, pixelAt } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const svg = (
  inside = '<rect width="60" height="40" fill="#f00"/>',
  before = '',
  namespace = 'http://www.w3.org/2000/svg',
) => `${before}<svg xmlns="${namespace}" width="60" height="40">${inside}</svg>`;
const declared = (encoding: string): string => svg(undefined, `<?xml version="1.0" encoding="${encoding}"?>`);
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const doctype = (subset: string): string =>
  `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [${subset}]>`;

const nested = `<image width="60" height="40" href="data:image/svg+xml;base64,${Buffer.from(svg()).toString('base64')}"/>`;
const illustrator = svg(
  '<rect width="60" height="40" style="&st0;" fill="&red;"/>',
  `<?xml version="1.0" encoding="utf-8"?><!-- Generator: Adobe Illustrator 16.0.0 -->${doctype(
    '<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!-- > --><!ENTITY st0 \'stroke:none\'><!ENTITY red "#&#102;00"><!ATTLIST svg xmlns:a CDATA #FIXED "x">',
  )}`,
  '&ns_svg;',
);

test.each([
  ['gzip', gzipSync(svg())],
  ['UTF-16 with a mark', Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le')],
  ['UTF-16 without a mark', Buffer.from(declared('UTF-16'), 'utf16le')],
  ['UTF-16, the other order', bigEndian(`\ufeff${declared('UTF-16')}`)],
  ['UTF-16, the other order without a mark', bigEndian(svg())],
  ['UTF-8 that says it is UTF-16', Buffer.from(declared('utf-16'))],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${declared('UTF-8')}`)],
  [
    'Latin-1',
    Buffer.from(
      svg(
        '<title>\u00e9</title><rect width="60" height="40" fill="#f00"/>',
        '<?xml version="1.0" encoding="iso-8859-1"?>',
      ),
      'latin1',
    ),
  ],
  [
    'Windows-1251',
    Buffer.from(
      [...Buffer.from(declared('windows-1251').replace('<rect', '<title>@</title><rect'))].map((byte) =>
        byte === 0x40 ? 0xcf : byte,
      ),
    ),
  ],
  ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${svg()}`, 'utf16le'))],
  [
    'an odd prefix',
    Buffer.from(
      svg()
        .replaceAll(/<(\/?)(svg|rect)/g, '<$1a-b.c:$2')
        .replace('xmlns', 'xmlns:a-b.c'),
    ),
  ],
  ['a long comment in front', Buffer.from(svg(undefined, `<!--${'x'.repeat(9_000)}-->`))],
  ['entities of plain text', Buffer.from(illustrator)],
  [
    'entities that name each other',
    Buffer.from(
      svg('<rect width="60" height="40" fill="&b;"/>', doctype('<!ENTITY a "#f"><!ENTITY b "&a;00">')),
    ),
  ],
  ['a drawing in it', Buffer.from(svg(nested))],
  [
    'a drawing of Latin-1 in it',
    Buffer.from(
      svg(
        nested.replace(
          /base64,[^"]*/,
          `base64,${Buffer.from(declared('latin1'), 'latin1').toString('base64')}`,
        ),
      ),
    ),
  ],
  [
    'a drawing by percent in it',
    Buffer.from(
      svg(
        `<image width="60" height="40" href="data:image/svg+xml;charset=utf8,${encodeURIComponent(svg())}"/>`,
      ),
    ),
  ],
])('a drawing with %s is read, and stays one', async (_, input) => {
  expect(sniff(input).name).toBe('svg');
  for (const step of ['convert type=png', 'convert type=svg']) {
    const { data } = await run((await run(input, step)).data, 'convert type=png');
    const picture = await decoded(data);
    expect([picture.width, picture.height, ...pixelAt(picture, 30, 20).slice(0, 3)]).toEqual([
      60, 40, 255, 0, 0,
    ]);
  }
});

const laughs = `<!ENTITY a "${'ha'.repeat(900)}">${Array.from('bcd', (name, index) => `<!ENTITY ${name} "${`&${'abc'[index]};`.repeat(10)}">`).join('')}`;
const asked = (entity: string): string => `<text>&${entity};</text>`;

test.each([
  [
    'an outside entity',
    svg(asked('x'), doctype('<!ENTITY x SYSTEM "file:///etc/passwd">')),
    'corrupt_image',
    /plain text.*outside.*without a DTD/,
  ],
  [
    'a public entity',
    svg(asked('x'), doctype('<!ENTITY x PUBLIC "a" "http://127.0.0.1:9/a">')),
    'corrupt_image',
    /outside/,
  ],
  [
    'a parameter entity',
    svg(asked('x'), doctype('<!ENTITY % p "<!ENTITY x \'a\'>"> %p;')),
    'corrupt_image',
    /parameter entity|outside/,
  ],
  ['an entity of markup', svg('&x;', doctype('<!ENTITY x "<rect/>">')), 'corrupt_image', /markup/],
  [
    'an entity that comes to markup',
    svg('&x;', doctype('<!ENTITY x "&#60;rect/>">')),
    'corrupt_image',
    /markup/,
  ],
  ['entities that multiply', svg(asked('d'), doctype(laughs)), 'corrupt_image', /2000 characters/],
  [
    'an entity that is asked for too often',
    svg(`<text>${'&a;'.repeat(3_000)}</text>`, doctype(`<!ENTITY a "${'ha'.repeat(999)}">`)),
    'too_large',
    /entities/,
  ],
  ['an entity of no meaning', svg(asked('x')), 'corrupt_image', /undefined entity/],
  [
    'more than 200 entities',
    svg('', doctype(Array.from({ length: 201 }, (_, at) => `<!ENTITY a${at} "">`).join(''))),
    'corrupt_image',
    /200/,
  ],
  ['an encoding that nobody knows', declared('klingon'), 'corrupt_image', /klingon.*save it as UTF-8/],
  [
    'bytes that are not UTF-8',
    Buffer.concat([
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><title>'),
      Buffer.from([0xe9]),
      Buffer.from('</title></svg>'),
    ]),
    'corrupt_image',
    /utf-8/,
  ],
  [
    'gzip that is cut',
    gzipSync(svg(undefined, `<!--${'abcdefghij'.repeat(99)}-->`)).subarray(0, 90),
    'corrupt_image',
    /gzip/,
  ],
  [
    'gzip of more than an SVG may have',
    gzipSync(svg(undefined, '', undefined).padEnd(6_000_000, ' ')),
    'too_large',
    /5000000 bytes/,
  ],
] as const)('%s is refused with words', async (_, input, code, words) => {
  const conversion = run(Buffer.from(input), 'convert type=png');
  expect(await codeOf(conversion)).toBe(code);
  await expect(conversion).rejects.toThrow(words);
});
