import type { Params } from '../../../engine/catalog.ts';
import type { Query } from '../../http/query.ts';
import { checkType, readParams } from './params.ts';
import { readOperations, type WireStep } from './pipeline_json.ts';

/** What a query asks for: its parameters, and the steps of a pipeline. */
export interface Asked {
  readonly params: Params;
  readonly operations: readonly WireStep[];
}

/** All of a query, read and checked on every endpoint. @throws Problem `invalid_param`, `unsupported_output`. */
export function readAsked(query: Query): Asked {
  const params = readParams(query);
  const operations = readOperations(query.texts.get('operations') ?? '');
  checkType(params);
  return { params, operations };
}
