import { Problem } from '../common/problem.ts';
import {
  addStep,
  type Conversion,
  conversionOf,
  convertOperation,
  convertTo,
  type DoorName,
  isConvertParam,
  type Params,
  readConvertParams,
  type Step,
  writableFormat,
} from '../engine/catalog.ts';
import type { Job } from './job.ts';

/** Unknown names are errors: users write metadata by hand, and would not notice an ignored typo. */
function parseParams(query: string): Params {
  const texts = new URLSearchParams(query);
  const unknown = [...texts.keys()].filter((name) => !isConvertParam(name));
  const { params, errors } = readConvertParams(texts);
  const all = [...unknown.map((name) => `${name}: no such parameter here`), ...errors];
  if (all.length > 0) throw new Problem('invalid_param', `params: ${all.join('; ')}`);
  return params;
}

/** The conversion of a preset's steps to a format. @throws Problem `invalid_param`. */
function presetConversion(steps: string, format: string, door: DoorName): Conversion {
  try {
    const read = JSON.parse(steps) as readonly Step[];
    return conversionOf(addStep(read, { operation: convertOperation, params: { type: format } }), door);
  } catch (cause) {
    throw new Problem('invalid_param', 'steps: expected steps as JSON', { cause });
  }
}

/** The conversion of a job. @throws Problem `unsupported_output`, `invalid_param`. */
export function conversionFor(
  {
    format,
    params,
    steps = '',
    fault,
  }: Pick<Job, 'format' | 'params' | 'fault'> & Partial<Pick<Job, 'steps'>>,
  door: DoorName = 'batch',
): Conversion {
  if (fault) throw new Problem('invalid_param', fault);
  writableFormat(format);
  if (steps) return presetConversion(steps, format, door);
  return convertTo(format, parseParams(params), door);
}
