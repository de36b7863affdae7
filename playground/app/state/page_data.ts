import type { OperationData, PageData, ParamData } from '../../data.ts';
import type { Known } from './address.ts';

const text = document.querySelector('#data')?.textContent ?? '{}';

/** The tables of the service. */
export const data = JSON.parse(text) as PageData;

const byName = new Map(data.operations.map((one) => [one.name, one]));
export const hasOperation = (name: string): boolean => byName.has(name);

/** One that the service does not have takes nothing; the service refuses it in words. */
export const operationOf = (name: string): OperationData =>
  byName.get(name) ?? { name, summary: '', fields: [], examples: [] };

export const paramOf = (name: string): ParamData => data.params[name] ?? { kind: 'string', doc: '' };

/** Parameters that belong to an effect. */
const effectParams = new Set(data.effects.flatMap(({ fields }) => fields));
const outputParams = new Set(data.output);
export const isEffectParam = (name: string): boolean => effectParams.has(name);
export const isOutputParam = (name: string): boolean => outputParams.has(name);

/** The parameters that all operations of a kind have in common are those of `resize`. */
const shared = new Set(byName.get('resize')?.fields);

/** Parameters that show what an operation does: its own first, then those of its examples. */
export function mainParams({ fields, examples }: OperationData): readonly string[] {
  const used = examples.flatMap(({ query }) => [...new URLSearchParams(query).keys()]);
  const main = [...fields.filter((name) => !shared.has(name)), ...used];
  const isMain = (name: string): boolean =>
    fields.includes(name) && !isOutputParam(name) && !isEffectParam(name);
  return [...new Set(main)].filter(isMain);
}

/** What an address may name. */
export const known: Known = {
  operations: new Map(data.onlyPresets ? [] : data.operations.map(({ name, fields }) => [name, fields])),
  output: data.onlyPresets ? [] : data.output,
  needsPreset: data.onlyPresets,
  presets: data.presets.map(({ name }) => name),
};
