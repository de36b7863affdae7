import { type Fault, type FieldTable, readFields } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { type Conversion, conversionOf } from '../../engine/conversion.ts';
import type { DoorName } from '../../engine/doors.ts';
import { writableFormat } from '../../engine/formats/index.ts';
import { operationNamed } from '../../engine/operations/index.ts';
import { type ParamName, type Params, params } from '../../engine/params.ts';
import type { Job } from '../job.ts';

const operation = 'convert';
/** The format says the type; a picture for a watermark would have to be fetched. */
const notHere: readonly string[] = ['type', 'image'];

const fields: FieldTable = Object.fromEntries(
  operationNamed(operation)
    .fields.filter((name) => !notHere.includes(name))
    .map((name: ParamName) => [name, params[name]]),
);

const sentence = ({ name, expected, raw }: Fault): string =>
  `${name}: expected ${expected}, got ${JSON.stringify(raw.slice(0, 80))}`;

/** Metadata is written by people once, not by programs per request: a word that means nothing is told. */
function paramsOf(query: string): Params {
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(fields, name));
  const { values, faults } = readFields(fields, given, 'lenient');
  const wrong = [...unknown.map((name) => `${name}: no such parameter here`), ...faults.map(sentence)];
  if (wrong.length > 0) throw new Problem('invalid_param', `params: ${wrong.join('; ')}`);
  return values as Params;
}

/** What a job asks of the engine. @throws Problem `unsupported_output`, `invalid_param`. */
export function conversionFor(
  { format, params: query, fault }: Pick<Job, 'format' | 'params' | 'fault'>,
  door: DoorName = 'batch',
): Conversion {
  if (fault) throw new Problem('invalid_param', fault);
  writableFormat(format);
  return conversionOf([{ operation, params: { ...paramsOf(query), type: format } }], door);
}
