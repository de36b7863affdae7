import { context, type MeterProvider, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { createDeferredMeterProvider } from './deferred_meter.ts';
import { propagator } from './propagation.ts';
import type { EndedSpan } from './recording_span.ts';
import { createTracerProvider, type TracerOptions } from './tracer.ts';

/** Spans that are kept until the SDK is loaded. */
const mostSpans = 2_000;

export interface Exporting {
  readonly meterProvider: MeterProvider;
  readonly onEnd: (span: EndedSpan) => void;
}

/** Restores the API's own global providers, which do nothing. */
function unregister(): void {
  for (const api of [trace, metrics, context, propagation]) api.disable();
}

/**
 * Registers light trace and meter providers with the OpenTelemetry API, so that telemetry is collected from the start
 * of the process. When the SDK is loaded, `exportTo` passes on what was collected, and everything that follows.
 */
export function registerProviders(options: Omit<TracerOptions, 'onEnd'>) {
  const kept: EndedSpan[] = [];
  let onEnd = (span: EndedSpan): void => {
    if (kept.length < mostSpans) kept.push(span);
  };
  const meterProvider = createDeferredMeterProvider();
  unregister();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(propagator);
  trace.setGlobalTracerProvider(createTracerProvider({ ...options, onEnd: (span) => onEnd(span) }));
  metrics.setGlobalMeterProvider(meterProvider);
  return {
    exportTo: (exporting: Exporting): void => {
      meterProvider.delegateTo(exporting.meterProvider);
      onEnd = exporting.onEnd;
      for (const span of kept.splice(0)) onEnd(span);
    },
    unregister,
  };
}
