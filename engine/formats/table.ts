import { mapTable } from '../../common/fields/field.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { Engine, Format } from './format.ts';
import { formats } from './index.ts';
import { installing, isInstalled, type OptionalEngine, packages } from './installed.ts';

/** A format as `/formats` and the documentation describe it. */
export interface FormatRow {
  readonly name: string;
  readonly mime: string;
  readonly extensions: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
  readonly alpha: boolean;
  readonly animated: boolean;
  /** Whether quality trades likeness for bytes. */
  readonly lossy: boolean;
  readonly profiles: boolean;
  readonly sixteenBit: boolean;
  readonly readBy?: Engine;
  readonly writtenBy?: Engine;
  /** Missing optional packages, without which reading or writing is refused. */
  readonly missing: readonly string[];
}

const packageOf = (engine: Engine | undefined): readonly string[] =>
  engine !== undefined && engine in packages ? [packages[engine as OptionalEngine]] : [];

function rowOf(format: Format): FormatRow {
  const { engine, writer = engine } = format;
  const readBy = format.reads ? { readBy: engine } : {};
  const writtenBy = format.writes ? { writtenBy: writer } : {};
  const used = [...(format.reads ? [engine] : []), ...(format.writes ? [writer] : [])];
  const absent = used.filter((one) => !isInstalled(one)).flatMap(packageOf);
  return {
    name: format.name,
    mime: format.mime,
    extensions: format.extensions,
    reads: format.reads && (isInstalled(engine) || format.mostlyOwn === true),
    writes: format.writes && isInstalled(writer),
    alpha: format.alpha,
    animated: format.animated,
    lossy: format.lossy ?? false,
    profiles: format.profiles ?? false,
    sixteenBit: format.deep ?? false,
    ...readBy,
    ...writtenBy,
    missing: [...new Set(absent)],
  };
}

const allRows = (): readonly FormatRow[] => formats.map(rowOf);

/** What this installation reads, and what it would read with a package that is missing. */
export interface Readable {
  readonly reads: readonly string[];
  /** By package: formats that cannot be read without it. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
}

export function readable(table: readonly FormatRow[] = allRows()): Readable {
  const unread = table.filter(({ reads, readBy }) => readBy !== undefined && !reads);
  const absent = [...new Set(unread.flatMap(({ missing }) => missing))];
  const without = (name: string): readonly string[] =>
    unread.filter(({ missing }) => missing.includes(name)).map((row) => row.name);
  return {
    reads: table.filter(({ reads }) => reads).map(({ name }) => name),
    missing: Object.fromEntries(absent.map((name) => [name, without(name)])),
  };
}

/** The same in a sentence, with what to install. */
export function readableText({ reads, missing }: Readable): string {
  const lacks = Object.entries(missing).map(
    ([name, formats]) => `; not ${formats.join(', ')} (${installing(name)})`,
  );
  return `Reads ${reads.join(', ')}${lacks.join('')}`;
}

export interface FormatTable {
  readonly formats: readonly FormatRow[];
  readonly limits: Limits;
}

/** All formats and their limits, as JSON. */
export const formatTable = (limits: Limits = defaultLimits): FormatTable => ({
  formats: allRows(),
  limits: mapTable(defaultLimits, (_, name) => limits[name]),
});
