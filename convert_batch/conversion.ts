import { Problem } from '../common/problem.ts';
import {
  type Conversion,
  convertTo,
  type DoorName,
  isConvertParam,
  type Params,
  readConvertParams,
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

/** The conversion of a job. @throws Problem `unsupported_output`, `invalid_param`. */
export function conversionFor(
  { format, params, fault }: Pick<Job, 'format' | 'params' | 'fault'>,
  door: DoorName = 'batch',
): Conversion {
  if (fault) throw new Problem('invalid_param', fault);
  writableFormat(format);
  return convertTo(format, parseParams(params), door);
}
