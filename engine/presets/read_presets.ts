import { Problem } from '../../common/problem.ts';
import { convertOperation, type Step } from '../conversion.ts';
import { addStep, type Preset, type Presets } from './preset.ts';
import { checkKeys, checkStep, isObject, type Json, type Report, readStep, shown } from './read_step.ts';

/** Names end the names of outputs, after a hyphen: one of their own, or a width, would be ambiguous there. */
const namePattern = /^(?!\d+w$)[A-Za-z0-9][A-Za-z0-9_]{0,62}$/;
const nameExpected = 'a name of up to 63 letters, digits and _, other than a width such as 640w';

/** As many as a pipeline may have, twice. */
const maxSteps = 20;
const maxPresets = 1_000;

const keys = ['preset', 'operation', 'params', 'pipeline'];

/** Resolves presets that build on others. */
interface Resolver {
  readonly entries: Json;
  readonly made: Map<string, readonly Step[]>;
  /** The names that are being resolved, to find circles. */
  readonly open: readonly string[];
  readonly report: Report;
}

/** The steps of the preset that another one builds on. */
function baseSteps(base: unknown, path: string, resolver: Resolver): readonly Step[] {
  const { entries, open, report } = resolver;
  if (base === undefined) return [];
  if (typeof base !== 'string' || !Object.hasOwn(entries, base))
    report(`${path}: expected the name of a preset, got ${shown(base)}`);
  else if (open.includes(base))
    report(`${path}: expected presets without a circle, got ${[...open, base].join(' -> ')}`);
  else return resolve(base, resolver);
  return [];
}

/** The steps of an entry's pipeline. */
function listedSteps({ pipeline = [] }: Json, path: string, report: Report): readonly Step[] {
  if (!Array.isArray(pipeline)) {
    report(`${path}.pipeline: expected a list of steps, got ${shown(pipeline)}`);
    return [];
  }
  return pipeline
    .map((step, index) => readStep(step, `${path}.pipeline[${index}]`, report))
    .filter((step) => step !== undefined);
}

/** The step of an entry's operation and params; undefined when it has neither. */
const ownStep = ({ operation = convertOperation, params }: Json, path: string, report: Report) =>
  operation === convertOperation && params === undefined
    ? undefined
    : readStep({ operation, params }, path, report);

function resolve(name: string, resolver: Resolver): readonly Step[] {
  const { entries, made, open, report } = resolver;
  const known = made.get(name);
  if (known) return known;
  if (!namePattern.test(name)) report(`${shown(name)}: expected ${nameExpected}`);
  const entry = entries[name];
  if (!isObject(entry)) {
    report(`${name}: expected operation and params, or pipeline, got ${shown(entry)}`);
    made.set(name, []);
    return [];
  }
  checkKeys(entry, keys, name, report);
  const base = baseSteps(entry.preset, `${name}.preset`, { ...resolver, open: [...open, name] });
  const listed = [...base, ...listedSteps(entry, name, report)];
  const own = ownStep(entry, name, report);
  const steps = own ? addStep(listed, own) : listed;
  made.set(name, steps);
  return steps;
}

function checkPreset({ name, steps }: Preset, report: Report): void {
  if (steps.length > maxSteps) report(`${name}: expected at most ${maxSteps} steps, got ${steps.length}`);
  for (const step of steps) checkStep(step, name, report);
}

/**
 * Reads and checks all presets of a file.
 * @param value the content of the file, as JSON.
 * @throws Problem `invalid_param` that lists every fault with its place.
 */
export function readPresets(value: unknown): Presets {
  const faults: string[] = [];
  const report: Report = (fault) => void faults.push(fault);
  if (!isObject(value))
    throw new Problem('invalid_param', `presets: expected presets by name, got ${shown(value)}`);
  const names = Object.keys(value);
  if (names.length > maxPresets)
    throw new Problem('invalid_param', `presets: expected at most ${maxPresets}, got ${names.length}`);
  const resolver = { entries: value, made: new Map(), open: [], report };
  const presets = names.map((name): Preset => ({ name, steps: resolve(name, resolver) }));
  // Faults of reading leave gaps that would be told twice.
  if (faults.length === 0) for (const preset of presets) checkPreset(preset, report);
  for (const { name, steps } of faults.length === 0 ? presets : [])
    if (steps.length === 0) report(`${name}: expected operation and params, or pipeline, got nothing`);
  if (faults.length > 0) throw new Problem('invalid_param', `presets:\n  ${faults.join('\n  ')}`);
  return new Map(presets.map((preset) => [preset.name, preset]));
}
