import { describeParseError, type FieldTable, readField } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';

export const placeholderNames = ['thumbhash', 'blurhash', 'color', 'lqip'] as const;
export type PlaceholderName = (typeof placeholderNames)[number];

/** The parameter of requests, forms and metadata that asks for placeholders. */
export const placeholderFields = {
  placeholder: {
    kind: 'list',
    values: placeholderNames,
    doc: 'What pages show before the picture has come: ThumbHash, BlurHash, colours, a tiny picture.',
    example: 'thumbhash,color',
  },
} as const satisfies FieldTable;

/** The kinds that a text asks for, each once: a text may name them a thousand times. @throws Problem `invalid_param`. */
export function readPlaceholders(text: string | undefined): readonly PlaceholderName[] {
  const read = readField('placeholder', placeholderFields.placeholder, text ?? '', 'exact');
  if ('name' in read) throw new Problem('invalid_param', describeParseError(read));
  const names = 'value' in read ? read.value : undefined;
  return [...new Set((names ?? []) as readonly PlaceholderName[])];
}
