import { checkName } from '../common/object_name.ts';
import { asProblem } from '../common/problem.ts';
import { fileName, noPresets, type Preset, type Presets, stemOf } from '../engine/catalog.ts';
import type { Job } from './job.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** An output that the metadata or the settings request; it may turn out to be impossible. */
export interface RequestedOutput {
  readonly format: string;
  /** A width as text; absent: the source's size. */
  readonly size?: string;
  /** The preset that makes it; such an output has no size of its own. */
  readonly preset?: Preset;
}

/** The end of an output's name in front of its extension: `-640w`, `-thumb`, or nothing. */
const suffixOf = ({ size, preset }: RequestedOutput): string =>
  preset ? `-${preset.name}` : size === undefined ? '' : `-${size}w`;

/** Whether a name ends with a suffix, or with one after which `fullBase` has added hyphens. */
function endsLikeSuffix(name: string, presets: Presets): boolean {
  const word = /-([^-]+)-*$/.exec(name)?.[1] ?? '';
  return /^\d+w$/.test(word) || presets.has(word);
}

/**
 * An object's whole name as the base of its outputs. No two objects share a base, with a suffix or without: a name that
 * ends like one with a suffix gets a hyphen when it has none.
 */
const fullBase = (name: string, suffix: string, presets: Presets): string =>
  suffix === '' && endsLikeSuffix(name, presets) ? `${name}-` : name;

/** The name of an object's outputs without suffix and format. */
function baseOf(
  { name, metadata }: SourceObject,
  suffix: string,
  { NAMES, presets = noPresets }: PlanSettings,
): string {
  return metadata.name?.trim() || (NAMES === 'full' ? fullBase(name, suffix, presets) : stemOf(name));
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
  output: RequestedOutput,
  object: SourceObject,
  settings: PlanSettings,
): Required<Pick<Job, 'name' | 'naming' | 'fault'>> {
  const naming = object.metadata.name?.trim() ? 'given' : 'default';
  const suffix = suffixOf(output);
  const base = `${settings.DEST_PREFIX}${baseOf(object, suffix, settings)}`;
  const name = fileName(`${base}${suffix}`, output.format);
  const field = naming === 'given' ? 'name' : 'name of the object';
  return { name, naming, fault: nameFault(name, base, field) };
}
