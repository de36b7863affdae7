import { refusal } from '../api/refusal.ts';
import type { StoredObject } from './object.ts';

const names = [
  'ifGenerationMatch',
  'ifGenerationNotMatch',
  'ifMetagenerationMatch',
  'ifMetagenerationNotMatch',
] as const;

/** The preconditions of a request; generation 0 means that the object must not exist. */
export type Preconditions = { readonly [name in (typeof names)[number]]?: number };

/** Reads them from a query, or with a prefix such as `ifSource`. */
export function preconditionsIn(query: URLSearchParams, prefix = 'if'): Preconditions {
  const entries = names.flatMap((name) => {
    const key = name.replace(/^if/, prefix);
    const text = query.get(key);
    if (text === null) return [];
    if (!/^\d{1,16}$/.test(text)) throw refusal(400, `Invalid value for ${key}: '${text}'`);
    return [[name, Number(text)]];
  });
  return Object.fromEntries(entries);
}

/** @throws Refusal 412, or 304 when `isRead` and a NotMatch fails. */
export function checkPreconditions(
  wanted: Preconditions,
  current: StoredObject | undefined,
  isRead = false,
): void {
  const generation = current?.generation ?? 0;
  const metageneration = current?.metageneration ?? 0;
  const differs = (want: number | undefined, have: number) => want !== undefined && want !== have;
  if (
    differs(wanted.ifGenerationMatch, generation) ||
    differs(wanted.ifMetagenerationMatch, metageneration)
  ) {
    throw refusal(412, 'At least one of the pre-conditions you specified did not hold.');
  }
  if (wanted.ifGenerationNotMatch === generation || wanted.ifMetagenerationNotMatch === metageneration) {
    throw refusal(isRead ? 304 : 412, 'At least one of the pre-conditions you specified did not hold.');
  }
}
