import { Problem } from '../../common/problem.ts';
import type { Operation } from '../operation.ts';
import { convert } from './convert.ts';
import { resize } from './resize.ts';

/** Every operation: routes, parsers, OpenAPI, forms, help, docs and tests are loops over this list. */
export const operations: readonly Operation[] = [convert, resize];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** @throws Problem `invalid_param` when there is none of that name. */
export function operationNamed(name: string): Operation {
  const operation = byName.get(name);
  if (operation === undefined) throw new Problem('invalid_param', `Unsupported operation name: ${name}`);
  return operation;
}
