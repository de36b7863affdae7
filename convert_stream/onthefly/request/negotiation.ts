import { acceptedFormats, type Params, type Step } from '../../../engine/catalog.ts';
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

/** Steps, and the formats to choose from if their type is still `auto`. */
export interface Negotiated {
  readonly steps: readonly Step[];
  readonly accept: readonly string[];
}

/** Parameters with a type in the place of `auto`; without a type that is the input's. */
function withType({ type: _, ...rest }: Params, type: string | undefined): Params {
  return type === undefined ? rest : { ...rest, type };
}

/** Resolves `type=auto`: to a type that the client accepts, else to the input's; or leaves the choice to the picture. */
export function negotiate(steps: readonly Step[], accept: string | undefined, rule: Rule): Negotiated {
  if (steps.every(({ params }) => params.type !== 'auto')) return { steps, accept: [] };
  const types = acceptedTypes(accept, rule);
  if (rule === 'content') return { steps, accept: types };
  const resolved = steps.map((step) =>
    step.params.type === 'auto' ? { ...step, params: withType(step.params, types[0]) } : step,
  );
  return { steps: resolved, accept: [] };
}
