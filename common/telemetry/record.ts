import type { Labels, MetricName } from './instruments.ts';

/** One measurement. */
export interface Point {
  readonly name: MetricName;
  readonly value: number;
  readonly labels: Labels;
}

export type Take = (point: Point) => void;

/** What a gauge shows at the moment it is asked. */
export type Reading = () => readonly Omit<Point, 'name'>[];

let take: Take | undefined;
const readings = new Map<MetricName, Set<Reading>>();

/** Counts or measures something. Costs nothing where no telemetry is wanted. */
export function record(name: MetricName, value: number, labels: Labels = {}): void {
  take?.({ name, value, labels });
}

/** Has a gauge read whenever metrics leave; the function that is returned ends it. */
export function observe(name: MetricName, reading: Reading): () => void {
  const all = readings.get(name) ?? new Set();
  readings.set(name, all.add(reading));
  return () => void all.delete(reading);
}

export const readingsOf = (name: MetricName): Iterable<Reading> => readings.get(name) ?? [];

/** Says who takes the points from now on; undefined for nobody. */
export function deliverPoints(to: Take | undefined): void {
  take = to;
}
