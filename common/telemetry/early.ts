import { context, type MeterProvider, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { createDeferredMeterProvider } from './deferred_meter.ts';
import { propagator } from './propagation.ts';
import { createTracerProvider, type EndedSpan, type TracerOptions } from './tracer.ts';

/** How many spans are worth keeping until the SDK is loaded. */
const mostSpans = 2_000;

export interface Exporting {
  readonly meterProvider: MeterProvider;
  readonly onEnd: (span: EndedSpan) => void;
}

/** Takes the API's global providers back to its own that do nothing. */
function unregister(): void {
  for (const api of [trace, metrics, context, propagation]) api.disable();
}

/**
 * Registers light providers of traces and metrics with the OpenTelemetry API, so that telemetry is collected from the
 * start of the process. `exportTo` passes on what was kept, and everything later, when the SDK has been loaded.
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
