import { parseColour } from '../../common/colour.ts';
import { readField } from '../../common/fields/field.ts';
import { parseNumber } from '../../common/fields/number.ts';
import { asProblem } from '../../common/problem.ts';
import { withoutSecrets } from '../../common/secrets.ts';
import { canonicalQuery } from '../../convert_stream/guards/signature.ts';
import { readQuery } from '../../convert_stream/http/query.ts';
import { readOperations } from '../../convert_stream/onthefly/request/pipeline_json.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { operationNamed } from '../../engine/operations/index.ts';
import { cleanAttribute, cleanCss } from '../../engine/svg/allow_list.ts';
import { readDrawing } from '../../engine/svg/check.ts';

const characters = 1_000_000;
/** A megabyte of text that repeats one piece. */
const many = (piece: string): string => piece.repeat(characters / piece.length);

const svg = (text: string): Promise<unknown> => readDrawing(Buffer.from(`<svg>${text}</svg>`), defaultLimits);
const fill = (value: string) => cleanAttribute('path', { uri: '', local: 'fill', value });
const draw = (params: { text: string; font?: string }) =>
  operationNamed('watermark').transform(params, {
    width: 9,
    height: 9,
    orientation: 1,
    alpha: false,
  } as never);
const numbered = (count: number, piece: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => piece(at)).join('');

/** Input for each reader of text: a reader that reads any part of it twice would take minutes. */
const rows: Readonly<Record<string, () => unknown>> = {
  'a number': () => parseNumber(`${many('1')}x`, 'int', 'lenient'),
  'a number with an exponent': () => parseNumber(`1e${many('1')}x`, 'float', 'exact'),
  'a colour': () => parseColour(`hsl(${many('1')},`),
  'several numbers': () =>
    readField('n', { kind: 'numbers', doc: '', count: [1, 4] }, many('1, '), 'lenient'),
  'several colours': () =>
    readField('c', { kind: 'colours', doc: '', count: [2, 2] }, many('a, '), 'lenient'),
  'an address in a query': () => readQuery(many('&url=a?b')),
  'a query': () => canonicalQuery(readQuery(many('a=%41&')).pairs),
  'a pipeline': () => readOperations(many('[{"')),
  'a line of the log': () => withoutSecrets(`?key=${many('%2525')}bearer${many(' ')}`),
  'names in a line of the log': () => withoutSecrets(many('a=%25')),
  'users in a line of the log': () => withoutSecrets(many('://a')),
  'texts in a line of the log': () => withoutSecrets(many('"a":"')),
  'a font': () => draw({ text: 'a', font: many('1 ') }),
  'a watermark': () => draw({ text: many('a ') }),
  'an address in an attribute': () => fill(`url(${many(' ')}#a)`),
  'an address without end': () => fill(`url(${many(' ')}`),
  'imports of a style sheet': () => cleanCss(`${many('@import ')}{`),
  'fonts of a style sheet': () => cleanCss(`${many('@font-face ')}}`),
  'a selector': () => cleanCss(`${many('a')}{`),
  'document types': () => svg(many('<!DOCTYPE')),
  'groups in groups': () => svg(numbered(50_000, (at) => `<g id="a${at}">`)),
  'a chain of references': () =>
    svg(numbered(25_000, (at) => `<g id="a${at}"><use href="#a${at + 1}"/></g>`)),
  'a picture in the drawing': () => svg(`<image href="data:image/png;base64,${many('%41')}"/>`),
  'references of one element': () => svg(`<path fill="${many('url(#a) ')}"/>`),
};

for (const [name, read] of Object.entries(rows)) {
  try {
    await read();
    process.stdout.write(`${name}\n`);
  } catch (error) {
    const { code, message } = asProblem(error);
    process.stdout.write(code === 'internal' ? `${name}: ${message} ${error}\n` : `${name}\n`);
  }
}
process.stdout.write(`${Object.keys(rows).length} rows\n`);
