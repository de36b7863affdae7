import { deliverPoints, type Point, type Take } from './record.ts';
import { type EndedSpan, type Tracing, traceWith } from './spans.ts';

/** Who takes what is collected. */
export interface Takers {
  readonly takePoint: Take;
  readonly takeSpan: Tracing['take'];
}

/** How much is worth keeping until somebody takes it. */
const most = { points: 10_000, spans: 2_000 };

const holding =
  <T>(held: T[], limit: number) =>
  (one: T): void => {
    if (held.length < limit) held.push(one);
  };

/** Turns metrics and traces on. What comes before `passTo` is held, as much as is worth it, and passed on then. */
export function collect(how: Omit<Tracing, 'take'>) {
  const points: Point[] = [];
  const spans: EndedSpan[] = [];
  deliverPoints(holding(points, most.points));
  traceWith({ ...how, take: holding(spans, most.spans) });
  return {
    passTo: ({ takePoint, takeSpan }: Takers): void => {
      deliverPoints(takePoint);
      traceWith({ ...how, take: takeSpan });
      for (const point of points.splice(0)) takePoint(point);
      for (const span of spans.splice(0)) takeSpan(span);
    },
    stop: (): void => {
      deliverPoints(undefined);
      traceWith(undefined);
    },
  };
}
