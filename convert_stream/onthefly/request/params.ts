import { type ParseError, readFields } from '../../../common/field.ts';
import { Problem } from '../../../common/problem.ts';
import { formatNamed, type Params, params } from '../../../engine/catalog.ts';
import type { Query } from '../../http/query.ts';

/** A fault of a parameter in Imaginary's words. */
export const describeParamError = ({
  name,
  raw,
  reason,
}: Pick<ParseError, 'name' | 'raw' | 'reason'>): string =>
  `error while processing parameter "${name}" with value "${raw}", error: ${reason}`;

/** A colour of numbers that are all 0: Imaginary cannot tell it from none. */
const zeros = /^\s*0+\s*,\s*0+\s*,\s*0+\s*(,|$)/;

/** Without a background that counts as none. Padding in the background's colour is black without one, too. */
export function withoutBlack(read: Params, raw: string | undefined): Params {
  if (raw === undefined || !zeros.test(raw)) return read;
  const { background: _, ...rest } = read;
  return rest;
}

/**
 * Every known parameter of a query, used or not.
 * @throws Problem `invalid_param` that names the first one that cannot be read.
 */
export function readParams({ texts }: Query): Params {
  const { values, errors } = readFields(params, texts, 'lenient');
  const [error] = errors;
  if (error)
    throw new Problem('invalid_param', `Error while processing parameters, ${describeParamError(error)}`);
  return withoutBlack(values, texts.get('background'));
}

/** Types that Imaginary knows though it cannot write them: they fail later, as they do there. */
const passed = new Set(['svg', 'pdf']);

/** Whether `type` is the name of a format that is written (in any letter case; other extensions do not count). */
export function isOutputType(type: string): boolean {
  const format = formatNamed(type);
  const name = type.toLowerCase();
  return passed.has(name) || (format?.name === name && format.writes);
}

/** @throws Problem `unsupported_output` for a `type` that is no format; empty and `auto` are fine. */
export function checkType({ type }: Params): void {
  if (type && type !== 'auto' && !isOutputType(type))
    throw new Problem('unsupported_output', 'Unsupported output image format');
}
