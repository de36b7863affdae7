import { Problem } from '../../../common/problem.ts';
import {
  addStep,
  aliases,
  conversionOf,
  type Preset,
  type Presets,
  params,
  presetNamed,
  type Step,
} from '../../../engine/catalog.ts';
import type { Exchange } from '../../http/exchange.ts';

/** The preset that a query names; undefined when it names none. @throws Problem `invalid_param` for an unknown one. */
export function presetIn({ query }: Pick<Exchange, 'query'>, presets: Presets): Preset | undefined {
  const name = query.texts.get('preset');
  return name ? presetNamed(presets, name) : undefined;
}

/** A request with its preset. Beside it an empty parameter is none: a form sends its empty fields too. */
export function withPresetOf(exchange: Exchange, preset: Preset | undefined): Exchange {
  if (preset === undefined) return exchange;
  const texts = new Map([...exchange.query.texts].filter(([, text]) => text !== ''));
  return { ...exchange, preset, query: { ...exchange.query, texts } };
}

/** The steps of a preset, and then those of the request. */
export const withPreset = (steps: readonly Step[], preset: Preset | undefined): readonly Step[] =>
  preset ? steps.reduce(addStep, preset.steps) : steps;

/** Whether a preset leaves the format to the client. */
export const isAutoPreset = (preset: Preset | undefined): boolean =>
  preset !== undefined && conversionOf(preset.steps, 'onthefly').output.type === 'auto';

/** Query parameters that change an output beside a preset. */
const changing = [...Object.keys(params), ...Object.keys(aliases), 'operations', 'preset'];

/** With ONLY_PRESETS: lets through presets as they are, and pages. @throws Problem `forbidden`. */
export function checkOnlyPresets({ endpoint, query }: Pick<Exchange, 'endpoint' | 'query'>): void {
  if (endpoint.kind === 'page') return;
  const got =
    endpoint.name === 'preset'
      ? changing.filter((name) => query.texts.has(name)).map((name) => `the parameter ${name}`)
      : [`/${endpoint.name.slice(0, 80)}`];
  if (got.length === 0) return;
  throw new Problem(
    'forbidden',
    `expected /preset/NAME without parameters, since ONLY_PRESETS is set; got ${got.join(', ')}`,
  );
}
