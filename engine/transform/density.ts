import type { Field } from '../../common/fields/field.ts';
import { params as fields, type ParamName, type Params } from '../params.ts';

/** An area is measured in the pixels of the source unless the picture is scaled first. */
const areaNames: readonly string[] = ['top', 'left', 'areawidth', 'areaheight'];

const isInSourcePixels = (name: string, params: Params): boolean =>
  areaNames.includes(name) &&
  Boolean(params.areawidth || params.areaheight) &&
  !(params.width || params.height);

/** A number for a denser screen, within the range of its field. Names of numbers, which are negative, stay. */
function denser(value: number, { kind, max = Number.POSITIVE_INFINITY }: Field, dpr: number): number {
  if (value <= 0) return value;
  const scaled = Math.min(value * dpr, Math.max(max, value));
  return kind === 'int' ? Math.max(1, Math.round(scaled)) : scaled;
}

function valueAtDensity(name: ParamName, value: Params[ParamName], params: Params) {
  const field: Field = fields[name];
  const { dpr = 1 } = params;
  if (field.unit !== 'pixels' || isInSourcePixels(name, params)) return value;
  if (typeof value === 'number') return denser(value, field, dpr);
  return Array.isArray(value) ? value.map((one) => denser(one, field, dpr)) : value;
}

/** Resolution of watermark text where none is given. */
export const defaultTextDpi = 150;

/** Parameters for a screen of the density `dpr`: every number in pixels is multiplied, and so is the size of text. */
export function atDensity(params: Params): Params {
  const { dpr = 1, text, dpi } = params;
  if (dpr === 1 || dpr === 0) return params;
  const names = Object.keys(params) as ParamName[];
  const scaled = Object.fromEntries(names.map((name) => [name, valueAtDensity(name, params[name], params)]));
  return { ...scaled, ...(text ? { dpi: Math.round((dpi || defaultTextDpi) * dpr) } : {}) } as Params;
}
