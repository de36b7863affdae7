import type { FieldTable } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';
import { createCodecPool, firstPage } from '../../engine/catalog.ts';
import { factsOf, inspect, type PictureFacts } from '../../engine/index.ts';
import { defaultLimits } from '../../engine/settings.ts';
import { defineCommand, describeError } from '../command.ts';
import { readPicture } from '../files.ts';
import { clean, sizeText } from '../report/live_view.ts';

const inspectFields = {
  json: {
    kind: 'bool',
    default: false,
    flag: 'json',
    doc: 'Prints one JSON object per file, also for a file that cannot be read.',
  },
} as const satisfies FieldTable;

/** The facts in a line: `a.jpg: jpeg, 4000 x 3000, srgb, 2.3 MB`. */
function lineOf(file: string, facts: PictureFacts, bytes: number): string {
  const { format, width, height, pages, space, alpha, orientation } = facts;
  const parts = [
    ...[format, `${width} x ${height}`, space],
    ...(alpha ? ['alpha'] : []),
    ...(pages > 1 ? [`${pages} pages or frames`] : []),
    ...(orientation > 1 ? [`orientation ${orientation}`] : []),
    sizeText(bytes),
  ];
  return `${clean(file)}: ${parts.join(', ')}`;
}

/** `imagetx inspect` */
export const inspectFiles = defineCommand(inspectFields, async ({ values, positionals }, { out, err }) => {
  if (positionals.length === 0)
    throw new Problem('missing_param', 'FILES: expected a picture to inspect, got none');
  const codecs = createCodecPool();
  const options = { limits: defaultLimits, codecs };
  let failed = 0;
  for (const file of positionals) {
    try {
      const data = await readPicture(file);
      const facts = factsOf(await inspect(data, firstPage, options));
      const { length: bytes } = data;
      out(values.json ? JSON.stringify({ file, ...facts, bytes }) : lineOf(file, facts, bytes));
    } catch (error) {
      failed += 1;
      const reason = describeError(error).replace(`${file}: `, '');
      if (values.json) out(JSON.stringify({ file, error: reason }));
      else err(`${clean(file)}: ${reason}`);
    }
  }
  await codecs.close();
  return failed > 0 ? 1 : 0;
});
