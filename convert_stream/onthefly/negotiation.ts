import type { Params } from '../../engine/params.ts';

const offered = ['image/webp', 'image/png', 'image/jpeg'] as const;

/** The type that a client named first in Accept, whatever its weight; undefined when it named none of ours. */
export function acceptedType(accept: string | undefined, avif: boolean): string | undefined {
  const known: readonly string[] = avif ? [...offered, 'image/avif'] : offered;
  const names = (accept ?? '').split(',').map((part) => (part.split(';', 1)[0] ?? '').trim().toLowerCase());
  return names.find((name) => known.includes(name))?.slice('image/'.length);
}

/** Params with `type=auto` settled: what the client takes, or as the input. */
export function negotiate(params: Params, accept: string | undefined, avif: boolean): Params {
  if (params.type !== 'auto') return params;
  const { type: _, ...rest } = params;
  const type = acceptedType(accept, avif);
  return type === undefined ? rest : { ...rest, type };
}
