import { createServer as createPlain } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { closeServer, listenOn } from '../../../local/kit/listening.ts';
import { type Descriptor, faultsOf } from './rules.ts';

export interface Series {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly metricKind: string;
  readonly valueType: string;
  readonly points: readonly {
    readonly interval: { readonly startTime?: string; readonly endTime: string };
    readonly value: {
      readonly int64Value?: string;
      readonly distributionValue?: {
        readonly count: string;
        readonly mean: number;
        readonly bucketCounts: readonly string[];
        readonly bucketOptions: { readonly explicitBuckets: { readonly bounds: readonly number[] } };
      };
    };
  }[];
}

const token = 'token-of-the-emulator';
const leastGapMs = 5_000;

const keyOf = ({ metric, resource }: Series): string => JSON.stringify([metric, resource]);
const endOf = ({ points }: Series): number => Date.parse(points[0]?.interval.endTime ?? '');

/** The points that Cloud Monitoring stores and refuses. */
function createMonitoring() {
  const descriptors = new Map<string, Descriptor>();
  const newest = new Map<string, Series>();
  const refusals: string[] = [];

  function refusalOf(series: Series): string | undefined {
    const before = newest.get(keyOf(series));
    if (!descriptors.has(series.metric.type)) return `no descriptor of ${series.metric.type}`;
    if (series.points.length !== 1) return 'expected one point of a series';
    if (before && endOf(series) - endOf(before) < leastGapMs) return `too often: ${series.metric.type}`;
    return undefined;
  }
  return {
    descriptors,
    newest,
    refusals,
    describe(descriptor: Descriptor): boolean {
      const faults = faultsOf(descriptor);
      refusals.push(...faults);
      if (faults.length === 0) descriptors.set(descriptor.type, descriptor);
      return faults.length === 0;
    },
    write(all: readonly Series[]): boolean {
      const refused = all.flatMap((series) => refusalOf(series) ?? []);
      refusals.push(...refused);
      if (refused.length === 0) for (const series of all) newest.set(keyOf(series), series);
      return refused.length === 0;
    },
  };
}

/** Google's metadata server as on Cloud Run: gives tokens, knows the region. */
async function startMetadata() {
  const answers: Readonly<Record<string, string>> = {
    '/computeMetadata/v1/instance/region': 'projects/123/regions/us-central1',
    '/computeMetadata/v1/project/project-id': 'local-dev',
    '/computeMetadata/v1/universe/universe-domain': 'googleapis.com',
  };
  const server = createPlain((req, res) => {
    const [path = ''] = (req.url ?? '').split('?');
    const isToken = path.endsWith('/token');
    const text = isToken
      ? JSON.stringify({ access_token: token, expires_in: 3600, token_type: 'Bearer' })
      : answers[path];
    res.writeHead(text === undefined ? 404 : 200, {
      'metadata-flavor': 'Google',
      'content-type': isToken ? 'application/json' : 'application/text',
    });
    res.end(text ?? 'not found');
  });
  return { server, url: await listenOn(server, 0, 'http') };
}

/** Cloud Monitoring and Google's OTLP endpoint, over TLS, with the metadata server that gives tokens for them. */
export async function startGoogle(tls: ServerOptions) {
  const monitoring = createMonitoring();
  const traces: { readonly type: string | undefined; readonly body: Buffer }[] = [];
  const strangers: string[] = [];
  const metadata = await startMetadata();

  const server = createServer(tls, async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = `${req.method} ${(req.url ?? '').split('?')[0]}`;
    if (req.headers.authorization !== `Bearer ${token}`) strangers.push(call);
    const answer = (isGood: boolean): void => {
      res.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    };
    const json = () => JSON.parse(String(body));
    if (call === 'POST /v3/projects/local-dev/metricDescriptors') return answer(monitoring.describe(json()));
    if (call === 'POST /v3/projects/local-dev/timeSeries') return answer(monitoring.write(json().timeSeries));
    if (call === 'POST /v1/traces') {
      traces.push({ type: req.headers['content-type'], body });
      return answer(true);
    }
    const type = call.match(/^GET \/v3\/projects\/local-dev\/metricDescriptors\/(.*)$/)?.[1] ?? '';
    const known = monitoring.descriptors.get(decodeURIComponent(type));
    res
      .writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(known ?? { error: { code: 404, message: 'no such descriptor' } }));
  });
  const url = await listenOn(server, 0, 'https');
  return {
    ...monitoring,
    traces,
    /** Calls without the right token. */
    strangers,
    /** The environment that points services to this emulator instead of Google. */
    environment: {
      TELEMETRY: 'cloud',
      CLOUD_MONITORING_ENDPOINT: new URL(url).host,
      CLOUD_TRACE_ENDPOINT: url,
      GCE_METADATA_HOST: new URL(metadata.url).host,
      METADATA_SERVER_DETECTION: 'assume-present',
    },
    async close(): Promise<void> {
      await Promise.all([closeServer(server), closeServer(metadata.server)]);
    },
  };
}
