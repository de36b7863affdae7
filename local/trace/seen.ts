import type { ShownSeries, ShownSpan } from './otlp.ts';

const most = { spans: 5_000, traces: 300 };

/** A request for a page of the service itself, such as `/form` or `/health`: no door has worked for it. */
const isPageRequest = (spans: readonly ShownSpan[]): boolean =>
  spans.every(
    ({ attributes, isError }) => attributes['url.path'] !== undefined && !attributes.door && !isError,
  );

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
    /** Spans by trace, the newest trace first, without requests for pages. */
    traces: (): readonly (readonly ShownSpan[])[] => {
      const byTrace = [...Map.groupBy(spans, ({ traceId }) => traceId).values()];
      const worked = byTrace.filter((all) => !isPageRequest(all));
      const sorted = worked.map((all) => all.toSorted((a, b) => a.startMs - b.startMs));
      return sorted.toSorted((a, b) => (b[0]?.startMs ?? 0) - (a[0]?.startMs ?? 0)).slice(0, most.traces);
    },
  };
}
