import type { ShownSeries, ShownSpan } from './otlp.ts';

const most = { spans: 5_000, traces: 30 };

/** Keeps the last spans, and the newest point of each series. */
export function createTelemetryStore() {
  let spans: ShownSpan[] = [];
  const series = new Map<string, ShownSeries>();
  return {
    addSpans: (more: readonly ShownSpan[]): void => {
      spans = [...spans, ...more].slice(-most.spans);
    },
    addSeries: (more: readonly ShownSeries[]): void => {
      for (const one of more) {
        series.set(JSON.stringify([one.name, one.service, one.instance, one.labels]), one);
      }
    },
    spans: (): readonly ShownSpan[] => spans,
    series: (): readonly ShownSeries[] => [...series.values()],
    /** Spans by trace, the newest trace first. */
    traces: (): readonly (readonly ShownSpan[])[] => {
      const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
      const sorted = [...byTrace.values()].map((all) => all.toSorted((a, b) => a.startMs - b.startMs));
      return sorted.toSorted((a, b) => (b[0]?.startMs ?? 0) - (a[0]?.startMs ?? 0)).slice(0, most.traces);
    },
  };
}
