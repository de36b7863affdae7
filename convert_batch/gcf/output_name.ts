import { checkName } from '../../common/object_name.ts';
import { asProblem } from '../../common/problem.ts';
import { fileName, stemOf } from '../../engine/formats/index.ts';
import type { Job } from '../job.ts';
import type { FanSettings } from './config.ts';
import type { SourceObject } from './source.ts';

/** One output as asked for, not yet known to be possible. */
export interface Wish {
  readonly format: string;
  /** A width as text; absent: as the source. */
  readonly size?: string;
}

/** The end that a width gives a name, and that end made another by hyphens. */
const sizedEnd = /-\d+w-*$/;

/**
 * A whole object's name as the base of outputs: no two objects have the same, with a width or without. A name that
 * ends as if it had a width gets a hyphen where it has none.
 */
const fullBase = (name: string, size: string | undefined): string =>
  size === undefined && sizedEnd.test(name) ? `${name}-` : name;

/** What outputs of an object are called, without width and format. */
function baseOf({ name, metadata }: SourceObject, size: string | undefined, { NAMES }: FanSettings): string {
  return metadata.name?.trim() || (NAMES === 'full' ? fullBase(name, size) : stemOf(name));
}

/** Why an output cannot have this name; empty: it can. */
function nameFault(name: string, base: string, field: string): string {
  try {
    checkName(name, { field });
    // An extension would hide that nothing is before it.
    checkName(base, { field });
    return '';
  } catch (error) {
    return asProblem(error).message;
  }
}

/** The name of an output, whether it was given or is the default, and why it cannot be. */
export function outputName(
  { format, size }: Wish,
  object: SourceObject,
  settings: FanSettings,
): Required<Pick<Job, 'name' | 'naming' | 'fault'>> {
  const naming = object.metadata.name?.trim() ? 'given' : 'default';
  const base = `${settings.DEST_PREFIX}${baseOf(object, size, settings)}`;
  const name = fileName(size === undefined ? base : `${base}-${size}w`, format);
  const field = naming === 'given' ? 'name' : 'name of the object';
  return { name, naming, fault: nameFault(name, base, field) };
}
