import { acceptedFormats, type Params } from '../../../engine/catalog.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';

type Rule = OnTheFlyConfig['AUTO_TYPE'];

const autoTypes: readonly string[] = ['image/webp', 'image/png', 'image/jpeg'];

/** The first of these types in Accept, whatever its weight, as in Imaginary. */
function firstAccepted(accept: string | undefined): readonly string[] {
  const names = (accept ?? '').split(',').map((part) => (part.split(';', 1)[0] ?? '').trim().toLowerCase());
  const mime = names.find((name) => autoTypes.includes(name));
  return mime === undefined ? [] : [mime.slice('image/'.length)];
}

/** The types that `type=auto` allows for a client, best first; with `content`, the picture decides among them. */
export const acceptedTypes = (accept: string | undefined, rule: Rule): readonly string[] =>
  rule === 'content' ? acceptedFormats(accept) : firstAccepted(accept);

/** Parameters, and the formats to choose from if their type is still `auto`. */
export interface Negotiated {
  readonly params: Params;
  readonly accept: readonly string[];
}

/** Resolves `type=auto`: to a type that the client accepts, else to the input's; or leaves the choice to the picture. */
export function negotiate(params: Params, accept: string | undefined, rule: Rule): Negotiated {
  if (params.type !== 'auto') return { params, accept: [] };
  const types = acceptedTypes(accept, rule);
  if (rule === 'content') return { params, accept: types };
  const { type: _, ...rest } = params;
  const [type] = types;
  return { params: type === undefined ? rest : { ...rest, type }, accept: [] };
}
