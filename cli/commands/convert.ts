import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { stdin, stdout } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { type FieldTable, mapTable } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { createCodecPool, type DoorName, doors } from '../../engine/catalog.ts';
import { type Converted, convert } from '../../engine/index.ts';
import { limitFields } from '../../engine/settings.ts';
import { defineCommand } from '../command.ts';
import { fileProblem } from '../files.ts';
import { missingFlag } from '../flags.ts';
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
    doc: 'Output file; - is standard output. Its extension selects the format.',
  },
  format: {
    kind: 'string',
    expects: 'a format, as the file to write has no extension',
    example: 'webp',
    flag: 'format',
    doc: 'Format of an output file without a known extension.',
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
    doc: 'Door whose defaults apply to parameters that --params leaves out.',
  },
  json: { kind: 'bool', default: false, flag: 'json', doc: 'Prints file, format, size and bytes as JSON.' },
  ...flagged,
} as const satisfies FieldTable;

async function readInput(path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(stdin) : await readFile(path);
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

async function writeOutput(path: string, data: Buffer): Promise<void> {
  try {
    if (path !== '-') await writeFile(path, data);
    else await new Promise((resolve) => stdout.write(data, resolve));
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

function describeOutput(file: string, { data, format, info }: Converted) {
  const { width, height } = info;
  return { file, format: format.name, width, height, bytes: data.length };
}

/** `imagetx convert` */
export const convertFile = defineCommand(
  convertFields,
  async ({ values, positionals }, { out, terminal }) => {
    const [from, ...more] = positionals;
    if (from === undefined || more.length > 0)
      throw new Problem('missing_param', `IN: expected one file, got ${positionals.length}`);
    if (values.out === undefined) throw missingFlag(convertFields.out);
    const format = (values.format ?? extname(values.out).slice(1)).toLowerCase();
    if (format === '') throw missingFlag(convertFields.format);
    const conversion = conversionFromFlags(
      { format, params: values.params, fault: '' },
      values.door as DoorName,
    );
    const codecs = createCodecPool({ timeoutMs: values.CONVERSION_SECONDS * 1000 });
    const fetchImage = (): never => {
      throw new Problem('unprocessable', 'image: expected no URL, got one; the command fetches no pictures');
    };
    try {
      const converted = await convert(await readInput(from), conversion, {
        limits: values,
        codecs,
        fetchImage,
      });
      await writeOutput(values.out, converted.data);
      const details = describeOutput(values.out, converted);
      if (values.out === '-') return 0;
      if (values.json) out(JSON.stringify(details));
      else if (terminal)
        out(`${details.file}  ${details.width} x ${details.height}  ${sizeText(details.bytes)}`);
      return 0;
    } finally {
      await codecs.close();
    }
  },
);
