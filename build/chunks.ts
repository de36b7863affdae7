/** Packages that get a file of their own, which is read when one of them is first used. */
export interface Chunk {
  readonly name: string;
  /** Whose imports lead to it. */
  readonly importers: RegExp;
  readonly packages: readonly string[];
}

export const chunks: readonly Chunk[] = [
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
 * Packages that libraries load at their start and use seldom or never, with the functions that they export
 * (none: the package is a function itself) or classes. They are loaded at the first use instead.
 */
export const onCall: Readonly<Record<string, readonly string[]>> = {
  '@img/colour': [],
  'body-parser': ['json', 'raw', 'text', 'urlencoded'],
  color: [],
  'mime-types': ['charset', 'contentType', 'extension', 'lookup'],
  qs: ['parse', 'stringify'],
  saxes: ['SaxesParser'],
  send: [],
  'serve-static': [],
  undici: ['Agent', 'request'],
};
