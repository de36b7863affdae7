import { acceptedFormats, type Params } from '../../../engine/catalog.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';

type Rule = OnTheFlyConfig['AUTO_TYPE'];

const offered: readonly string[] = ['image/webp', 'image/png', 'image/jpeg'];

/** The first of ours in Accept, whatever its weight, as Imaginary has it. */
function firstNamed(accept: string | undefined): readonly string[] {
  const names = (accept ?? '').split(',').map((part) => (part.split(';', 1)[0] ?? '').trim().toLowerCase());
  const mime = names.find((name) => offered.includes(name));
  return mime === undefined ? [] : [mime.slice('image/'.length)];
}

/** What `type=auto` means for a client, best first; `content` leaves the choice among them to the picture. */
export const acceptedTypes = (accept: string | undefined, rule: Rule): readonly string[] =>
  rule === 'content' ? acceptedFormats(accept) : firstNamed(accept);

/** Params, and the formats to choose from where their type is still `auto`. */
export interface Negotiated {
  readonly params: Params;
  readonly accept: readonly string[];
}

/** Params with `type=auto` settled: what the client takes, else as the input; or left to the picture. */
export function negotiate(params: Params, accept: string | undefined, rule: Rule): Negotiated {
  if (params.type !== 'auto') return { params, accept: [] };
  const types = acceptedTypes(accept, rule);
  if (rule === 'content') return { params, accept: types };
  const { type: _, ...rest } = params;
  const [type] = types;
  return { params: type === undefined ? rest : { ...rest, type }, accept: [] };
}
