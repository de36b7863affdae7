/** OTLP as JSON, limited to the fields that the viewer shows. */

type Value = {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
};
type Attribute = { readonly key: string; readonly value?: Value };
type Nanos = string | number;

type WireSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: Nanos;
  readonly endTimeUnixNano: Nanos;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
};
type WirePoint = {
  readonly attributes?: readonly Attribute[];
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly count?: string | number;
  readonly sum?: number;
  readonly bucketCounts?: readonly (string | number)[];
  readonly explicitBounds?: readonly number[];
};
type WireMetric = {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
} & Readonly<Partial<Record<'sum' | 'gauge' | 'histogram', { readonly dataPoints?: readonly WirePoint[] }>>>;
type Resource = { readonly attributes?: readonly Attribute[] };

export type TraceRequest = {
  readonly resourceSpans?: readonly {
    readonly resource?: Resource;
    readonly scopeSpans?: readonly { readonly spans?: readonly WireSpan[] }[];
  }[];
};
export type MetricsRequest = {
  readonly resourceMetrics?: readonly {
    readonly resource?: Resource;
    readonly scopeMetrics?: readonly { readonly metrics?: readonly WireMetric[] }[];
  }[];
};

type Plain = Readonly<Record<string, string | number | boolean>>;

export type ShownSpan = {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentId: string;
  readonly name: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Plain;
  readonly links: readonly string[];
  readonly isError: boolean;
};
/** The newest point of a series. */
export type ShownSeries = {
  readonly name: string;
  readonly unit: string;
  readonly doc: string;
  readonly service: string;
  readonly instance: string;
  readonly labels: Plain;
  readonly value: number;
  readonly count?: number;
  readonly buckets?: readonly number[];
  readonly bounds?: readonly number[];
};

const plainValue = ({ stringValue, intValue, doubleValue, boolValue }: Value = {}) =>
  stringValue ?? boolValue ?? doubleValue ?? Number(intValue ?? 0);
const plain = (attributes: readonly Attribute[] = []): Plain =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
const milliseconds = (nanos: Nanos): number => Number(BigInt(nanos) / 1000n) / 1000;
const senderOf = (resource?: Resource) => {
  const { 'service.name': service, 'service.instance.id': instance } = plain(resource?.attributes);
  return { service: String(service ?? ''), instance: String(instance ?? '') };
};
const errorStatus = 2;

export const spansIn = ({ resourceSpans = [] }: TraceRequest): ShownSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans = [] }) =>
    scopeSpans
      .flatMap(({ spans = [] }) => spans)
      .map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentId: span.parentSpanId ?? '',
        name: span.name,
        service: senderOf(resource).service,
        startMs: milliseconds(span.startTimeUnixNano),
        endMs: milliseconds(span.endTimeUnixNano),
        attributes: plain(span.attributes),
        links: (span.links ?? []).map(({ traceId, spanId }) => `${traceId}-${spanId}`),
        isError: span.status?.code === errorStatus,
      })),
  );

function seriesOf(metric: WireMetric, point: WirePoint, resource?: Resource): ShownSeries {
  const { name, unit = '', description: doc = '' } = metric;
  const { asInt, asDouble, sum, count, bucketCounts, explicitBounds } = point;
  return {
    name,
    unit,
    doc,
    ...senderOf(resource),
    labels: plain(point.attributes),
    value: sum ?? asDouble ?? Number(asInt ?? 0),
    ...(count === undefined ? {} : { count: Number(count) }),
    ...(bucketCounts ? { buckets: bucketCounts.map(Number), bounds: explicitBounds ?? [] } : {}),
  };
}

export const seriesIn = ({ resourceMetrics = [] }: MetricsRequest): ShownSeries[] =>
  resourceMetrics.flatMap(({ resource, scopeMetrics = [] }) =>
    scopeMetrics
      .flatMap(({ metrics = [] }) => metrics)
      .flatMap((metric) =>
        [metric.sum, metric.gauge, metric.histogram]
          .flatMap((data) => data?.dataPoints ?? [])
          .map((point) => seriesOf(metric, point, resource)),
      ),
  );
