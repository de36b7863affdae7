/** Packages in a separate file, which is loaded when one of them is first used. */
export interface BundleChunk {
  readonly name: string;
  /** The packages whose imports lead to it. */
  readonly importers: RegExp;
  readonly packages: readonly string[];
}

export const chunks: readonly BundleChunk[] = [
  { name: 'storage', importers: /^cloud\//, packages: ['@google-cloud/storage'] },
  {
    name: 'tasks',
    importers: /^cloud\//,
    packages: ['@google-cloud/tasks', '@grpc/grpc-js', 'google-auth-library'],
  },
  {
    name: 'telemetry',
    importers: /^common\//,
    packages: [
      '@google-cloud/opentelemetry-cloud-monitoring-exporter',
      '@opentelemetry/exporter-metrics-otlp-http',
      '@opentelemetry/exporter-metrics-otlp-proto',
      '@opentelemetry/exporter-prometheus',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/exporter-trace-otlp-proto',
      '@opentelemetry/sdk-node',
      'gcp-metadata',
      'google-auth-library',
    ],
  },
  { name: 'fetch', importers: /^(cloud|convert_stream)\//, packages: ['undici'] },
];

/**
 * Packages that libraries load at their start but rarely use, with the functions or classes that they export (none: the
 * package itself is a function). The first use loads them.
 */
export const onCall: Readonly<Record<string, readonly string[]>> = {
  '@img/colour': [],
  accepts: [],
  'body-parser': ['json', 'raw', 'text', 'urlencoded'],
  color: [],
  'content-disposition': [],
  cookie: ['parse', 'serialize'],
  'cookie-signature': ['sign', 'unsign'],
  etag: [],
  'mime-types': ['charset', 'contentType', 'extension', 'lookup'],
  qs: ['parse', 'stringify'],
  'range-parser': [],
  saxes: ['SaxesParser'],
  send: [],
  'serve-static': [],
};
