import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { defaultLimits } from '../../engine/limits.ts';
import { readDrawing } from '../../engine/svg/check.ts';
import type { Cost } from '../../engine/svg/weight.ts';
import { codeOf, run } from './support/run.ts';

const svg = (inside: string, attributes = 'width="2000" height="2000"'): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</svg>`;
const costOf = async (inside: string): Promise<Cost> =>
  (await readDrawing(Buffer.from(svg(inside)), defaultLimits)).cost;

const square = '<rect width="2000" height="2000"/>';
const filter =
  '<filter id="f"><feTurbulence numOctaves="7"/><feMorphology radius="20"/><feGaussianBlur stdDeviation="9"/></filter>';
/** A filter that `css` gives to a hundred squares. */
const filtered = (css: string, each = square): string => `<style>${css}</style>${filter}${each.repeat(100)}`;

const masks = (reference: (id: number) => string): string => {
  const layers = Array.from(
    { length: 9 },
    (_, id) => `<mask id="m${id + 1}">${`<rect class="c${id}" ${reference(id)}/>`.repeat(9)}</mask>`,
  );
  return `${layers.join('')}<mask id="m0">${square}</mask><rect ${reference(9)} class="c9"/>`;
};
const rules = (rule: (id: number) => string): string =>
  `<style>${Array.from({ length: 10 }, (_, id) => rule(id)).join('')}</style>${masks(() => '')}`;

const picture = (bytes: string | Buffer, type = 'image/svg+xml'): string =>
  `<image width="2000" height="2000" href="data:${type};base64,${Buffer.from(bytes).toString('base64')}"/>`;
const heavy = svg(filtered('rect{filter:url(#f)}'));
const wide = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const marked = `<marker id="m">${'<circle r="1"/>'.repeat(300)}</marker>`;
const tile = `<pattern id="p" width="9" height="9">${'<circle r="1"/>'.repeat(300)}</pattern>`;

test.each([
  ['masks in masks by attribute', masks((id) => `mask="url(#m${id})"`)],
  ['masks in masks by style', masks((id) => `style="mask:url(#m${id})"`)],
  ['masks in masks by class', rules((id) => `.c${id}{mask:url(#m${id})}`)],
  ['masks in masks by attribute selector', rules((id) => `rect[class="c${id}"]{mask:url(#m${id})}`)],
  ['clips in clips by a selector with an escape', rules((id) => `.\\63 ${id}{clip-path:url(#m${id})}`)],
  ['a name of a property with an escape', rules((id) => `.c${id}{m\\61sk:url(#m${id})}`)],
  ['an address with an escape', rules((id) => `.c${id}{mask:\\75 rl(#m${id})}`)],
  ['an id with an escape', rules((id) => `.c${id}{mask:url("\\23 \\6d ${id}")}`)],
  ['a comment within a rule', rules((id) => `.c${id}/* } */{/* ; */mask:/**/url(#m${id})}`)],
  ['a comment within a string', rules((id) => `x{y:"/*"}.c${id}{mask:url(#m${id})}z{y:"*/"}`)],
  ['a bracket within a string', rules((id) => `x{y:"}{"}.c${id}{mask:url(#m${id})}`)],
  ['an address that hides a bracket', rules((id) => `x{y:url({)}.c${id}{mask:url(#m${id})}`)],
  ['a list of selectors', rules((id) => `a,b > c, g .c${id}:not(.z){mask:url(#m${id})}`)],
  ['CDATA', `<style><![CDATA[rect{filter:url(#f)}]]></style>${filter}${square.repeat(100)}`],
  ['a filter by type', filtered('rect{filter:url(#f)}')],
  ['a filter by everything', filtered('*{filter:url(#f)}')],
  ['a filter by class', filtered('.a{filter:url(#f)}', '<rect class="b a"/>')],
  ['a filter by place', filtered('svg > :nth-child(n){filter:url(#f)}')],
  [
    'a filter that is inherited',
    `${filter}<g filter="url(#f)">${'<rect filter="inherit"/>'.repeat(100)}</g>`,
  ],
  ['functions of filters', '<rect style="filter:blur(50px) drop-shadow(2px 2px 9px)"/>'.repeat(200)],
  ['functions of filters by rule', filtered('rect{filter:blur(50px)}', square.repeat(3))],
  ['a pattern that is inherited', `${tile}<g fill="url(#p)">${'<rect/>'.repeat(300)}</g>`],
  ['markers at each corner', `${marked}<path marker-mid="url(#m)" d="M0 0${'h1v1'.repeat(300)}"/>`],
  [
    'markers that are inherited',
    `${marked}<g marker="url(#m)"><polyline points="${'1 1 '.repeat(300)}"/></g>`,
  ],
  [
    'a circle that is entered twice',
    `<g id="a">${'<circle/>'.repeat(500)}<use href="#b"/></g><g id="b"><use href="#a"/></g>${'<use href="#b"/>'.repeat(200)}`,
  ],
  ['a drawing in a drawing', picture(heavy)],
  ['one by percent', `<image href="data:,${encodeURIComponent(heavy)}"/>`],
  ['one of another type', picture(heavy, 'image/png')],
  [
    'one with an odd prefix',
    picture(
      heavy
        .replaceAll('<svg', '<a-b.c:svg xmlns:a-b.c="http://www.w3.org/2000/svg"')
        .replaceAll('</svg', '</a-b.c:svg'),
    ),
  ],
  ['one in UTF-16', picture(wide(heavy))],
  ['one after a comment', picture(`<!--${'x'.repeat(5_000)}-->${heavy}`)],
  ['one that is packed', picture(gzipSync(heavy))],
  [
    'one in a filter',
    `<filter id="i"><feImage href="data:,${encodeURIComponent(heavy)}"/></filter><rect filter="url(#i)"/>`,
  ],
  ['drawings four deep', picture(svg(picture(svg(picture(svg(picture(svg('<rect/>'))))))))],
])('%s is refused before it is drawn', async (_, inside) => {
  const codecs = { run: () => Promise.reject(new Error('drawn')), close: async () => {} };
  expect(await codeOf(run(Buffer.from(svg(inside)), 'convert type=png', { codecs }))).toBe('corrupt_image');
});

test.each([
  [
    'a drop shadow on ten cards by class',
    `<style>.card{filter:url(#f)}</style><filter id="f"><feGaussianBlur/><feOffset/></filter>${'<rect class="card"/><path class="line"/>'.repeat(10)}`,
    20,
    2_100,
  ],
  [
    'a gradient for two thousand paths',
    `<style>path{fill:url(#g)}</style><linearGradient id="g"><stop/><stop/><stop/></linearGradient>${'<path d="M0 0"/>'.repeat(2_000)}`,
    2_000,
    0,
  ],
  [
    'markers whose line a rule gives markers too',
    `<style>path{marker-end:url(#m)}</style><marker id="m"><path d="M0 0h1"/></marker>${'<path d="M0 0h9"/>'.repeat(500)}`,
    1_000,
    0,
  ],
  [
    'an icon sprite',
    `${Array.from({ length: 500 }, (_, id) => `<symbol id="i${id}"><path d="M0 0h9"/></symbol>`).join('')}<use href="#i1"/>`,
    3,
    0,
  ],
  ['a filter that nothing uses', filter, 1, 0],
  ['colours that look like ids', '<path fill="#abc" stroke="#f00"/>'.repeat(100), 100, 0],
])('%s is as much as it looks', async (_, inside, least, filterMs) => {
  const cost = await costOf(inside);
  expect(cost.elements).toBeGreaterThanOrEqual(least);
  expect(cost.elements).toBeLessThan(3 * least + 10);
  expect(cost.filterMs).toBeLessThanOrEqual(filterMs);
});

const shadow = '<filter id="f"><feGaussianBlur stdDeviation="3"/><feOffset dx="2"/></filter>';
const card = '<rect width="30" height="30" filter="url(#f)"/>';

test.each([
  ['a hundred small cards', `${shadow}${card.repeat(100)}`, 'none'],
  [
    'a hundred cards that are scaled',
    `${shadow}<g transform="scale(99)">${card.repeat(150)}</g>`,
    'corrupt_image',
  ],
  [
    'a hundred cards that rules make larger',
    `<style>rect{width:900px;height:900px}</style>${shadow}${card.repeat(150)}`,
    'corrupt_image',
  ],
  [
    'cards in a pattern of another unit',
    `${shadow}<pattern id="p" patternContentUnits="objectBoundingBox" width="1" height="1">${card.repeat(150)}</pattern><rect width="999" height="999" fill="url(#p)"/>`,
    'corrupt_image',
  ],
])('shadows of %s count by their size', async (_, inside, code) => {
  const input = Buffer.from(svg(inside, 'width="1000" height="1000"'));
  expect(await codeOf(run(input, 'convert type=png'))).toBe(code);
});

test.each([
  ['a value of a style sheet', filtered('.z{a:constructor} rect{filter:url(#f)}')],
  ['a selector', filtered('toString{} rect{filter:url(#f)}')],
  ['a filter', `<g style="filter:constructor(1px)">${filter}${square.repeat(9)}</g>`],
  ['an element', `<constructor/>${filter}<g filter="url(#f)">${square}</g>`],
])('%s with a name that every object has hides no cost', async (_, inside) => {
  const { elements, filterMs } = await costOf(inside);
  const plain = await costOf(inside.replace(/constructor|toString/, 'other'));
  expect([elements, filterMs]).toEqual([plain.elements, plain.filterMs]);
});

test('steps of filters count in the smallest drawing', async () => {
  const input = Buffer.from(svg(`${shadow}${card.repeat(9_000)}`, 'width="9" height="9"'));
  expect(await codeOf(run(input, 'convert type=png'))).toBe('corrupt_image');
});

test.each([
  ['an import', '<style>@import url("data:text/css,rect%7Bfill:red%7D");</style>'],
  ['an import with an escape', '<style>@\\69 mport "data:text/css,rect%7Bfill:red%7D";</style>'],
  ['a style sheet by instruction', ''],
  ['XInclude', '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="data:text/xml,%3Crect%2F%3E"/>'],
  [
    'use of another document',
    `<use href="data:image/svg+xml,${encodeURIComponent(svg('<rect id="a" width="60" height="40" fill="red"/>'))}#a"/>`,
  ],
])('%s within a data address brings nothing', async (_, inside) => {
  const instruction = '<?xml-stylesheet type="text/css" href="data:text/css,rect%7Bfill:red%7D"?>';
  const input = `${instruction}${svg(`${inside}<rect width="60" height="40" fill="#00f"/>`, 'width="60" height="40"')}`;
  const { data } = await run(Buffer.from(input), 'convert type=png');
  const { default: sharp } = await import('sharp');
  const [red, , blue] = await sharp(data).raw().toBuffer();
  expect([red, blue]).toEqual([0, 255]);
});
