/** Parameters by name, as texts. An empty text is a control without a value. */
export type Params = Readonly<Record<string, string>>;

export interface Step {
  /** Stays the same while the step moves. */
  readonly id: number;
  readonly operation: string;
  readonly params: Params;
}

/** Where the picture comes from. `own`: chosen, dropped or pasted; only this tab has it. */
export interface Source {
  readonly kind: 'sample' | 'file' | 'url' | 'own';
  readonly name: string;
}

export const modes = ['split', 'result', 'original', 'formats'] as const;
export type Mode = (typeof modes)[number];

/** Everything that the address holds. */
export interface State {
  readonly source: Source;
  /** Name of a preset that comes before the steps. */
  readonly preset?: string;
  readonly steps: readonly Step[];
  readonly output: Params;
  readonly mode: Mode;
  /** Whether one pixel of the picture is one pixel of the page. */
  readonly isFull: boolean;
}

/** What is done with the picture. */
export type Work = Pick<State, 'preset' | 'steps' | 'output'>;

let last = 0;
export const createStep = (operation: string, params: Params = {}): Step => {
  last += 1;
  return { id: last, operation, params };
};

/** The state of a page whose address says nothing. */
export const firstState = (sample: string, work: Work): State => ({
  source: { kind: 'sample', name: sample },
  ...work,
  mode: 'split',
  isFull: false,
});

/** Parameters without those that have no value. */
export const givenParams = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));

export const withoutParams = (params: Params, names: readonly string[]): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));

/** A list with the item at `from` moved to `to`. */
export function moveItem<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}
