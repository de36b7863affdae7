import type { Field } from '../../../common/fields/field.ts';
import type { Example, ParamName } from '../../../engine/catalog.ts';
import type { Endpoint, EndpointIdentity } from '../../http/exchange.ts';
import type { OnTheFlyContext } from '../context.ts';
import type { SchemaName } from './openapi_schema.ts';

/** The successful answer of an endpoint: a picture, a page, or JSON of a schema. */
export type Success = 'picture' | 'html' | 'json' | { readonly json: SchemaName };

/** A parameter of one endpoint only. */
export interface OwnParameter extends Field {
  /** The value is a JSON list of this schema. */
  readonly listOf?: SchemaName;
}

/** Everything that endpoints are created from. */
export interface EndpointSetup {
  readonly context: OnTheFlyContext;
  /** Whether `POST /convert` takes forms of the inline door too. */
  readonly hasInlineDoor: boolean;
  /** Whether `POST /uploads` starts direct uploads. */
  readonly hasDirectUploads: boolean;
  /** Names of endpoints and operations that are switched off. */
  readonly disabled: ReadonlySet<string>;
  /** Path in front of all endpoints; empty for the root. */
  readonly prefix: string;
  /** What a request for a picture needs. */
  readonly needs: { readonly key: boolean; readonly signature: boolean };
  /** Largest body. */
  readonly maxBytes: number;
  /** All endpoints, for those that describe the others. */
  readonly specs: readonly EndpointSpec[];
}

/** One endpoint: its description and its handler. Router, OpenAPI, page and docs loop over these. */
export interface EndpointSpec extends EndpointIdentity {
  /** The path below the prefix. Default: `/NAME`. `{name}` stands for the rest of the path. */
  readonly path?: string;
  readonly methods: readonly ('get' | 'post')[];
  /** One sentence. */
  readonly summary: string;
  /** Parameters of operations that it accepts. */
  readonly parameters: readonly ParamName[];
  /** Parameters of its own. */
  readonly ownParameters?: Readonly<Record<string, OwnParameter>>;
  readonly success: Success;
  /** Sample requests, for the page. */
  readonly examples?: readonly Example[];
  /** Whether the service offers it with these settings. Default: always. */
  readonly isOffered?: (config: OnTheFlyContext['config']) => boolean;
  readonly createAnswer: (context: EndpointSetup) => Endpoint['answer'];
}

export const pathOf = ({ name, path = `/${name}` }: EndpointSpec): string => path;
