import { checkName } from '../common/object_name.ts';
import { asProblem } from '../common/problem.ts';
import { fileName, stemOf } from '../engine/catalog.ts';
import type { Job } from './job.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** An output that the metadata or the settings request; it may turn out to be impossible. */
export interface RequestedOutput {
  readonly format: string;
  /** A width as text; absent: the source's size. */
  readonly size?: string;
}

/** The suffix of a width, and that suffix after `fullBase` has added hyphens. */
const sizedEnd = /-\d+w-*$/;

/**
 * An object's whole name as the base of its outputs. No two objects share a base, with a width or without: a name that
 * ends like one with a width gets a hyphen when it has no width.
 */
const fullBase = (name: string, size: string | undefined): string =>
  size === undefined && sizedEnd.test(name) ? `${name}-` : name;

/** The name of an object's outputs without width and format. */
function baseOf({ name, metadata }: SourceObject, size: string | undefined, { NAMES }: PlanSettings): string {
  return metadata.name?.trim() || (NAMES === 'full' ? fullBase(name, size) : stemOf(name));
}

/** Why the name is not allowed; empty when it is. */
function nameFault(name: string, base: string, field: string): string {
  try {
    checkName(name, { field });
    // With its extension an empty base would pass.
    checkName(base, { field });
    return '';
  } catch (error) {
    return asProblem(error).message;
  }
}

/** The name of an output, whether the metadata gives it or it is the default, and the fault of a bad name. */
export function outputName(
  { format, size }: RequestedOutput,
  object: SourceObject,
  settings: PlanSettings,
): Required<Pick<Job, 'name' | 'naming' | 'fault'>> {
  const naming = object.metadata.name?.trim() ? 'given' : 'default';
  const base = `${settings.DEST_PREFIX}${baseOf(object, size, settings)}`;
  const name = fileName(size === undefined ? base : `${base}-${size}w`, format);
  const field = naming === 'given' ? 'name' : 'name of the object';
  return { name, naming, fault: nameFault(name, base, field) };
}
