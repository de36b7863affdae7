import { localBuckets } from '../common/local_cloud.ts';
import type { Ports } from './ports.ts';

/** Names of the local cloud's resources. */
export const names = {
  project: 'local-dev',
  location: 'us-central1',
  queues: ['q1'],
  pushAccount: 'img-events@local-dev.iam.gserviceaccount.com',
  buckets: localBuckets,
  serviceAccount: 'imagetx@local-dev.iam.gserviceaccount.com',
  triggerAccount: 'eventarc@local-dev.iam.gserviceaccount.com',
} as const;

export const queuePath = (queue: string): string =>
  `projects/${names.project}/locations/${names.location}/queues/${queue}`;

export const queueName = queuePath('q1');

type Environment = Readonly<Record<string, string>>;

/** The URLs of all servers, known before any of them runs. */
export function urlsFor(ports: Ports) {
  const at = (port: number, scheme = 'http') => `${scheme}://127.0.0.1:${port}`;
  return {
    inline: at(ports.inline),
    converter: at(ports.converter),
    fan: at(ports.fan),
    storage: at(ports.storage),
    storageTls: at(ports['storage-tls'], 'https'),
    tasks: at(ports.tasks),
    oidc: at(ports.oidc),
    cdn: `https://localhost:${ports.cdn}`,
    trace: at(ports.trace),
  } as const;
}

export type Urls = ReturnType<typeof urlsFor>;

/** Points Google's client libraries of any language to the local cloud. */
function clientEnvironment(urls: Urls): Environment {
  return {
    STORAGE_EMULATOR_HOST: urls.storage,
    GOOGLE_CLOUD_PROJECT: names.project,
    METADATA_SERVER_DETECTION: 'none',
    CLOUD_TASKS_ENDPOINT: urls.tasks,
    SRC_BUCKET_NAME: names.buckets.source,
    DEST_BUCKET_NAME: names.buckets.destination,
  };
}

/** The environment of our services: as on Google Cloud, except for endpoints. */
export function serviceEnvironment(urls: Urls, queues: readonly string[] = names.queues): Environment {
  return {
    ...clientEnvironment(urls),
    HOST: '127.0.0.1',
    PROJECT_ID: names.project,
    LOCATION: names.location,
    QUEUE: queues.join(','),
    RECORDS_BUCKET: names.buckets.records,
    CDN_URL: urls.cdn,
    MOUNT: `gs://${names.buckets.source}`,
    RUN_URL: urls.converter,
    RUN_AUDIENCE: urls.converter,
    SERVICE_ACCOUNT: names.serviceAccount,
    OIDC_ISSUERS: urls.oidc,
    OIDC_JWKS_URI: `${urls.oidc}/oauth2/v3/certs`,
  };
}

/** Makes services send traces and metrics to the viewer, often enough to watch. */
export const traceEnvironment = (urls: Urls): Environment => ({
  TELEMETRY: 'otlp',
  OTEL_EXPORTER_OTLP_ENDPOINT: urls.trace,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
});

/** A shell file to `source` that also points gsutil and gcloud to the local cloud. */
export function shellFile(urls: Urls, botoFile: string): string {
  const variables = {
    ...clientEnvironment(urls),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${urls.storage}/`,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'True',
    CLOUDSDK_CORE_PROJECT: names.project,
    CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL: 'false',
    BOTO_CONFIG: botoFile,
  };
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return `# source this: it points gsutil, gcloud and Google's client libraries at the local cloud\n${lines.join('\n')}\n`;
}

/** gsutil always uses TLS for the JSON API and does not know our certificate authority. */
export function botoFile(ports: Ports): string {
  return `[Credentials]
gs_json_host = 127.0.0.1
gs_json_port = ${ports['storage-tls']}
[Boto]
https_validate_certificates = False
[GSUtil]
default_project_id = ${names.project}
software_update_check_period = 0
`;
}
