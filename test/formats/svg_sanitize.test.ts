import { expect, test } from '@jest/globals';
import { cleanCss } from '../../engine/svg/allow_list.ts';
import { cleanSvg } from '../../engine/svg/sanitize.ts';

const clean = async (svg: string): Promise<string> => await cleanSvg(svg);
const root = (inside: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10"${attributes}>${inside}</svg>`;

/** Anything that runs or refers outside the document; none of it may be in the output. */
const forbidden =
  /script|javascript|alert|evil|onload|onclick|onbegin|onerror|foreignobject|iframe|@import|data:text|data:image\/svg|file:|<!|<\?|expression|behavior/i;

const attacks: readonly (readonly [string, string])[] = [
  ['a script', root('<script>alert(1)</script>')],
  ['a script in CDATA', root('<script><![CDATA[alert(1)]]></script>')],
  [
    'a script with a prefix',
    '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></s:svg>',
  ],
  ['a script of XHTML', root('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>')],
  ['a script by address', root('<script href="//evil.example/a.js"/>')],
  ['a handler on the root', root('', ' onload="alert(1)"')],
  ['a handler in capitals', root('<rect ONCLICK="alert(1)"/>')],
  ['a handler of another namespace', root('<rect xmlns:x="urn:x" x:onclick="alert(1)"/>')],
  [
    'a foreign object',
    root(
      '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="//evil.example"/></body></foreignObject>',
    ),
  ],
  ['a link to a script', root('<a href="javascript:alert(1)"><rect width="5"/></a>')],
  ['a link with white space in its scheme', root('<a xlink:href="java&#10;script:alert(1)"><rect/></a>')],
  ['a picture from elsewhere', root('<image href="https://evil.example/a.png"/>')],
  ['a picture from a file', root('<image xlink:href="file:///etc/passwd"/>')],
  ['a picture that is an SVG', root('<image href="data:image/svg+xml;base64,PHN2Zz4="/>')],
  ['a picture that is a page', root('<image href="data:text/html,x"/>')],
  ['use of another document', root('<use href="https://evil.example/a.svg#x"/>')],
  ['use of data', root('<use xlink:href="data:image/svg+xml,x#y"/>')],
  ['a filter that fetches', root('<filter><feImage href="https://evil.example/a.png"/></filter>')],
  ['a gradient from elsewhere', root('<linearGradient href="//evil.example/a.svg#g"/>')],
  ['a fill from elsewhere', root('<rect fill="url(https://evil.example/a.svg#g)"/>')],
  ['a fill from elsewhere after one from here', root('<rect fill="url(#a) url(//evil.example)"/>')],
  ['a quoted address', root(`<rect mask="url( 'https://evil.example/m' )"/>`)],
  ['an escaped address', root('<rect fill="\\75rl(//evil.example)"/>')],
  ['a style attribute that fetches', root('<rect style="fill:red;background:url(//evil.example)"/>')],
  ['a style sheet that imports', root('<style>@import "//evil.example/a.css"; rect{fill:red}</style>')],
  ['a style sheet that imports by escape', root('<style>@\\69mport "//evil.example/a.css";</style>')],
  ['a style sheet in two pieces', root('<style>rect{fill:u<!-- -->rl(//evil.example)}</style>')],
  ['a style sheet in CDATA', root('<style><![CDATA[rect{fill:url(//evil.example)}]]></style>')],
  [
    'an address behind a comment',
    root('<style>rect{fill:u/**/rl(//e);background:url(/**/"//evil.example")}</style>'),
  ],
  ['an address with a bracket', root('<style>rect{fill:url(//evil.example/{)}</style>')],
  ['a font from elsewhere', root('<style>@font-face{font-family:a;src:url(//evil.example/f)}</style>')],
  ['a set of pictures', root('<rect style="background:image-set(&quot;//evil.example&quot; 1x)"/>')],
  ['a binding', root('<rect style="-moz-binding:url(//evil.example)"/>')],
  ['markup in a style sheet', root('<style>&lt;/style>&lt;script>alert(1)&lt;/script></style>')],
  [
    'animation of an address',
    root('<use href="#a"><animate attributeName="href" to="//evil.example"/></use>'),
  ],
  [
    'animation of an address with a prefix',
    root('<a><animate attributeName="xlink:href" values="javascript:alert(1)"/></a>'),
  ],
  ['animation of a handler', root('<animate attributeName="onclick" to="alert(1)"/>')],
  ['animation that sets', root('<set attributeName="href" to="javascript:alert(1)"/>')],
  ['a handler of animation', root('<animate attributeName="x" onbegin="alert(1)"/>')],
  ['a style sheet by instruction', `<?xml-stylesheet href="//evil.example/a.css"?>${root('<rect/>')}`],
  ['a base address', root('<rect fill="url(#a)"/>', ' xml:base="https://evil.example/"')],
  ['a comment', root('<!-- alert -->')],
  ['a document type', `<!DOCTYPE svg PUBLIC "evil" "//evil.example/x.dtd">${root('<rect/>')}`],
  ['a cursor from elsewhere', root('<rect cursor="url(//evil.example),auto"/>')],
  ['text of markup', root('<text>&lt;script>alert&lt;/script></text>').replace(/alert|script/g, 'x')],
];

test.each(attacks)('%s does not pass', async (_, svg) => {
  const out = await clean(svg);
  expect(out).toMatch(/^<svg /);
  expect(out.replace(/xmlns[^ >]*/g, '')).not.toMatch(forbidden);
});

test.each([
  ['shapes', root('<g transform="scale(2)"><path d="M0 0h5" stroke="red"></path></g>')],
  [
    'local references',
    root('<use xlink:href="#a"></use><rect fill="url(#g)" style="mask:url(\'#m\')"></rect>'),
  ],
  ['pictures in the document', root('<image href="data:image/png;base64,iVBORw0KGgo="></image>')],
  ['style sheets', root('<style>@media print{rect{fill:red}}.a{fill:url(#g)}</style>')],
  ['text', root('<text xml:space="preserve">1 &lt; 2 &amp; “ü”</text>')],
  ['animation', root('<rect><animate attributeName="x" values="0;5"></animate></rect>')],
  ['filters', root('<filter id="f"><feGaussianBlur stdDeviation="2"></feGaussianBlur></filter>')],
])('%s pass as they are', async (_, svg) => {
  const attributes = /^<svg [^>]*>/;
  expect((await clean(svg)).replace(attributes, '').trim()).toBe(svg.replace(attributes, ''));
});

test('a link loses its target and keeps its content', async () => {
  expect(await clean(root('<a href="https://example.org"><rect></rect></a>'))).toContain(
    '><rect></rect></svg>',
  );
});

test.each([
  ['text that is not XML', '<svg><rect></svg>'],
  ['an entity of its own', root('&evil;')],
  ['another root', '<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>'],
])('%s is refused', async (_, svg) => {
  await expect(clean(svg)).rejects.toMatchObject({ code: 'corrupt_image', status: 400 });
});

test.each([
  ['rect{fill:url(//e);stroke:red}', 'rect{;stroke:red}'],
  ['a{b:c} @import url(x); d{e:f}', 'a{b:c}  d{e:f}'],
  ['@font-face{src:url(x)} d{e:f}', ' d{e:f}'],
  ['@charset "x"; d{e:f}', ' d{e:f}'],
  ['@page{size:a4}', ''],
  ['a{b:"\\27"}', 'a{}'],
])('the style sheet %j becomes %j', (css, expected) => {
  expect(cleanCss(css)).toBe(expected);
});
