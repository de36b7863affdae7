import { type ParseError, readFields } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import { formatNamed, type Params, params, resolveAliases } from '../../../engine/catalog.ts';
import type { Query } from '../../http/query.ts';
import { isImaginarys } from './imaginary_names.ts';

/** A fault of a parameter in Imaginary's words. */
export const describeParamError = ({
  name,
  raw,
  reason,
}: Pick<ParseError, 'name' | 'raw' | 'reason'>): string =>
  `error while processing parameter "${name}" with value "${raw}", error: ${reason}`;

/** A colour whose numbers are all 0: to Imaginary it is the same as no colour. */
const zeros = /^\s*0+\s*,\s*0+\s*,\s*0+\s*(,|$)/;

/** Drops a black background, as Imaginary does. Padding is black without a background too. */
export function dropBlackBackground(read: Params, raw: string | undefined): Params {
  if (raw === undefined || !zeros.test(raw)) return read;
  const { background: _, ...rest } = read;
  return rest;
}

/**
 * Reads every known parameter of a query, used or not.
 * @throws Problem `invalid_param` that names the first parameter that cannot be read.
 */
export function readQueryParams({ texts, strays }: Query): Params {
  const own = strays ? [...texts].filter(([name]) => !strays.has(name) || isImaginarys(name)) : texts;
  const { values, errors } = readFields(params, resolveAliases(own), 'lenient');
  const [error] = errors;
  if (error)
    throw new Problem('invalid_param', `Error while processing parameters, ${describeParamError(error)}`);
  return dropBlackBackground(values, texts.get('background'));
}

/** The text of `type`, by whatever name the query has it. */
export const typeIn = ({ texts }: Query): string | undefined => resolveAliases(texts).get('type');

/** Types that Imaginary accepts here although it cannot write them; they fail later, as in Imaginary. */
const unwritable = new Set(['svg', 'pdf']);

/** Whether `type` is the name of an output format, in any letter case; other extensions do not count. */
export function isOutputType(type: string): boolean {
  const format = formatNamed(type);
  const name = type.toLowerCase();
  return unwritable.has(name) || (format?.name === name && format.writes);
}

/** @throws Problem `unsupported_output` for an unknown `type`; empty and `auto` are valid. */
export function checkType({ type }: Params): void {
  if (type && type !== 'auto' && !isOutputType(type))
    throw new Problem('unsupported_output', 'Unsupported output image format');
}
