import {
  createStep,
  type Mode,
  modes,
  type Params,
  type Source,
  type State,
  withoutParams,
} from './model.ts';

/** Segments that are no steps. */
const output = 'output';
const view = 'view';
const first = 'preset';

const sourceKinds: readonly Source['kind'][] = ['file', 'url', 'own'];

const escapeSegment = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':');

const sourceText = ({ kind, name }: Source): string =>
  escapeSegment(kind === 'sample' ? name : `${kind}:${name}`);

function readSource(text: string): Source {
  const at = text.indexOf(':');
  const kind = sourceKinds.find((one) => one === text.slice(0, at));
  return kind ? { kind, name: text.slice(at + 1) } : { kind: 'sample', name: text };
}

const segment = (name: string, params: Params): string => {
  const query = new URLSearchParams({ ...params }).toString();
  return query ? `${name}?${query}` : name;
};

/** The state as the part of the address behind `#`: `#/photo/crop?width=300/output?type=webp`. */
export function addressOf({ source, preset, steps, output: given, mode, isFull }: State): string {
  const shown = { ...(mode === 'split' ? {} : { mode }), ...(isFull ? { zoom: '1' } : {}) };
  const segments = [
    sourceText(source),
    ...(preset ? [segment(first, { name: preset })] : []),
    ...steps.map(({ operation, params }) => segment(operation, params)),
    ...(Object.keys(given).length > 0 ? [segment(output, given)] : []),
    ...(Object.keys(shown).length > 0 ? [segment(view, shown)] : []),
  ];
  return `#/${segments.join('/')}`;
}

const readSegment = (text: string): { readonly name: string; readonly params: Params } => {
  const [name = '', query = ''] = text.split('?', 2);
  return { name, params: Object.fromEntries(new URLSearchParams(query)) };
};

const modeOf = (text: string | undefined): Mode => modes.find((one) => one === text) ?? 'split';

/** A damaged escape stands for itself. */
function unescapeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names that an address may have. */
export interface Known {
  /** The parameters of each operation. */
  readonly operations: ReadonlyMap<string, readonly string[]>;
  readonly output: readonly string[];
  readonly presets: readonly string[];
  /** Whether an address without a preset has the first one. */
  readonly needsPreset: boolean;
}

const pickParams = (params: Params, names: readonly string[]): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)));

/**
 * Reads an address; names that the page does not know are left out, and what a step says of the output goes to the
 * output. undefined where it names no source.
 */
export function readAddress(
  hash: string,
  { operations, output: outputs, presets, needsPreset }: Known,
): State | undefined {
  const [source = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (source === '') return undefined;
  const segments = rest.map(readSegment);
  const paramsOf = (wanted: string): Params => segments.find(({ name }) => name === wanted)?.params ?? {};
  const { mode, zoom } = paramsOf(view);
  const preset =
    presets.find((name) => name === paramsOf(first).name) ?? (needsPreset ? presets[0] : undefined);
  const steps = segments.filter(({ name }) => operations.has(name));
  const all: Params = Object.assign({}, ...steps.map(({ params }) => params), paramsOf(output));
  return {
    source: readSource(unescapeSegment(source)),
    ...(preset ? { preset } : {}),
    steps: steps.map(({ name, params }) =>
      createStep(name, withoutParams(pickParams(params, operations.get(name) ?? []), outputs)),
    ),
    output: pickParams(all, outputs),
    mode: modeOf(mode),
    isFull: zoom === '1',
  };
}
