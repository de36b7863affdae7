import type { Params } from '../../../engine/catalog.ts';
import type { Query } from '../../http/query.ts';
import { checkType, readQueryParams } from './params.ts';
import { readOperations, type WireStep } from './pipeline_json.ts';

/** The parameters of a query, and the steps of a pipeline. */
export interface RequestParameters {
  readonly params: Params;
  readonly operations: readonly WireStep[];
}

/** Reads and checks all of a query, for every endpoint. @throws Problem `invalid_param`, `unsupported_output`. */
export function readParameters(query: Query): RequestParameters {
  const params = readQueryParams(query);
  const operations = readOperations(query.texts.get('operations') ?? '');
  checkType(params);
  return { params, operations };
}
