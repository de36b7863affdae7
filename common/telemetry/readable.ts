import { type Attributes, type HrTime, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { resources, tracing } from '@opentelemetry/sdk-node';
import type { Trace } from '../trace.ts';
import type { EndedSpan } from './spans.ts';

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

const contextOf = ({ traceId, spanId = '', isSampled }: Trace, isRemote = false): SpanContext => ({
  traceId,
  spanId,
  traceFlags: isSampled ? 1 : 0,
  isRemote,
});

/** One of our spans as the SDK's processors and exporters take it. */
export function readableSpan(span: EndedSpan, resource: resources.Resource): tracing.ReadableSpan {
  const { name, kind, place, parent, links, startMs, endMs, failure } = span;
  const attributes: Attributes = failure ? { ...span.attributes, 'error.type': failure } : span.attributes;
  return {
    name,
    kind: kinds[kind],
    spanContext: () => contextOf(place),
    ...(parent ? { parentSpanContext: contextOf(parent, kind !== 'internal') } : {}),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    ended: true,
    status: failure ? { code: SpanStatusCode.ERROR, message: failure } : { code: SpanStatusCode.UNSET },
    attributes,
    links: links.map((link) => ({ context: contextOf(link, true) })),
    events: [],
    resource,
    instrumentationScope: { name: 'imagetx' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
