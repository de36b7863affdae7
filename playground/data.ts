/** What the page knows of the service, as JSON inside it. The service writes it; the browser's code reads it. */

/** A row of a parameter table, as far as a control needs it. */
export interface ParamData {
  readonly kind: 'int' | 'float' | 'numbers' | 'bool' | 'string' | 'colour' | 'colours' | 'enum' | 'list';
  readonly doc: string;
  readonly unit?: string;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** The number that changes nothing. */
  readonly neutral?: number;
  /** The least and the most items of several. */
  readonly count?: readonly [least: number, most: number];
  readonly example?: string;
  /** Words that stand for numbers, such as `auto`. */
  readonly names?: readonly string[];
}

interface ExampleData {
  readonly query: string;
  readonly doc: string;
}

export interface OperationData {
  readonly name: string;
  readonly summary: string;
  readonly fields: readonly string[];
  readonly examples: readonly ExampleData[];
}

/** Parameters that belong together and that every operation takes. */
interface EffectData {
  readonly name: string;
  readonly fields: readonly string[];
  /** A query that shows it. */
  readonly example: ExampleData;
}

export interface FormatData {
  readonly name: string;
  readonly mime: string;
  readonly extension: string;
  readonly writes: boolean;
  readonly reads: boolean;
  readonly lossy: boolean;
}

interface PresetData {
  readonly name: string;
  readonly doc: string;
}

export interface PageData {
  /** Path in front of all endpoints. */
  readonly prefix: string;
  readonly params: Readonly<Record<string, ParamData>>;
  readonly operations: readonly OperationData[];
  readonly effects: readonly EffectData[];
  /** Names of the parameters of the output. */
  readonly output: readonly string[];
  readonly formats: readonly FormatData[];
  readonly presets: readonly PresetData[];
  /** Whether the service refuses everything but presets. */
  readonly onlyPresets: boolean;
  readonly maxSteps: number;
  readonly limits: { readonly megapixels: number; readonly bytes: number };
  /** What a request needs. */
  readonly needs: { readonly key: boolean; readonly signature: boolean };
  /** Pictures of the service that are there at once. */
  readonly samples: readonly { readonly name: string; readonly file: string; readonly label: string }[];
  /** Where a GET may read pictures from. */
  readonly sources: { readonly file: boolean; readonly url: boolean };
}
