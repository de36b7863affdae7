import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { stdin, stdout } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { type FieldTable, mapTable } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { createCodecPool, type DoorName, doors } from '../../engine/catalog.ts';
import { type Converted, convert } from '../../engine/index.ts';
import { limitFields } from '../../engine/settings.ts';
import { fileProblem } from '../files.ts';
import { commandOf, missing } from '../flags.ts';
import { conversionFromFlags } from '../outputs/plan.ts';
import { sizeText } from '../report/live_view.ts';

const flagged = mapTable(limitFields, (field, name) => ({
  ...field,
  flag: name.toLowerCase().replaceAll('_', '-'),
}));

const convertFields = {
  out: {
    kind: 'string',
    expects: 'a file to write',
    example: 'small.webp',
    flag: 'o',
    doc: 'File to write; - is standard output. Its extension says the format.',
  },
  format: {
    kind: 'string',
    expects: 'a format, as the file to write has no extension',
    example: 'webp',
    flag: 'format',
    doc: 'Format of the output where its name does not say it.',
  },
  params: {
    kind: 'string',
    default: '',
    flag: 'params',
    doc: 'Conversion parameters as a query string, such as width=800&quality=80.',
  },
  door: {
    kind: 'enum',
    values: Object.keys(doors),
    default: 'inline',
    flag: 'door',
    doc: 'Whose defaults count where --params says nothing.',
  },
  json: { kind: 'bool', default: false, flag: 'json', doc: 'Prints what was made as JSON.' },
  ...flagged,
} as const satisfies FieldTable;

async function input(path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(stdin) : await readFile(path);
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

async function output(path: string, data: Buffer): Promise<void> {
  try {
    if (path !== '-') await writeFile(path, data);
    else await new Promise((resolve) => stdout.write(data, resolve));
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

function described(file: string, { data, format, info }: Converted) {
  const { width, height } = info;
  return { file, format: format.name, width, height, bytes: data.length };
}

/** `imagetx convert` */
export const convertFile = commandOf(convertFields, async ({ values, words }, { out, terminal }) => {
  const [from, ...more] = words;
  if (from === undefined || more.length > 0)
    throw new Problem('missing_param', `IN: expected one file, got ${words.length}`);
  if (values.out === undefined) throw missing(convertFields.out);
  const format = (values.format ?? extname(values.out).slice(1)).toLowerCase();
  if (format === '') throw missing(convertFields.format);
  const conversion = conversionFromFlags(
    { format, params: values.params, fault: '' },
    values.door as DoorName,
  );
  const codecs = createCodecPool({ timeoutMs: values.CONVERSION_SECONDS * 1000 });
  const fetchImage = (): never => {
    throw new Problem('unprocessable', 'image: expected no URL, got one; the command fetches no pictures');
  };
  try {
    const converted = await convert(await input(from), conversion, { limits: values, codecs, fetchImage });
    await output(values.out, converted.data);
    const facts = described(values.out, converted);
    if (values.out === '-') return 0;
    if (values.json) out(JSON.stringify(facts));
    else if (terminal) out(`${facts.file}  ${facts.width} x ${facts.height}  ${sizeText(facts.bytes)}`);
    return 0;
  } finally {
    await codecs.close();
  }
});
