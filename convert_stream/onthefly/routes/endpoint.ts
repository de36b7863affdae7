import type { Field } from '../../../common/field.ts';
import type { Example, ParamName } from '../../../engine/catalog.ts';
import type { Endpoint, Subject } from '../../http/exchange.ts';
import type { Workshop } from '../sources/read_picture.ts';
import type { SchemaName } from './openapi_schema.ts';

/** What an endpoint answers when all is well: a picture, a page, or JSON of a schema. */
export type Success = 'picture' | 'html' | 'json' | { readonly json: SchemaName };

/** A parameter of one endpoint. */
export interface OwnParameter extends Field {
  /** The value is a JSON list of this schema. */
  readonly listOf?: SchemaName;
}

/** What the answers of all endpoints have to do with. */
export interface EndpointContext {
  readonly shop: Workshop;
  /** Whether `POST /convert` takes forms of the inline door too. */
  readonly hasInlineDoor: boolean;
  /** Names of endpoints and operations that are switched off. */
  readonly disabled: ReadonlySet<string>;
  /** In front of all paths; empty for the root. */
  readonly prefix: string;
  /** All endpoints, for those that tell about the others. */
  readonly specs: readonly EndpointSpec[];
}

/** One endpoint: what it is for people and programs, and what answers. Router, OpenAPI, page and docs loop over these. */
export interface EndpointSpec extends Subject {
  /** The path below the prefix where it is not `/NAME`; `{name}` is the rest of the path. */
  readonly path?: string;
  readonly methods: readonly ('get' | 'post')[];
  /** One sentence. */
  readonly summary: string;
  /** Parameters of operations that it takes. */
  readonly parameters: readonly ParamName[];
  /** Parameters of its own. */
  readonly ownParameters?: Readonly<Record<string, OwnParameter>>;
  readonly success: Success;
  /** Requests to try, for the page. */
  readonly examples?: readonly Example[];
  /** Whether these settings offer it. Default: always. */
  readonly isOffered?: (config: Workshop['config']) => boolean;
  readonly createAnswer: (context: EndpointContext) => Endpoint['answer'];
}

export const pathOf = ({ name, path = `/${name}` }: EndpointSpec): string => path;
