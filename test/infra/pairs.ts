/** How a kind of resource is made by gcloud: the command, the argument that names it, and which flag says what. */
export interface Pairing {
  readonly type: string;
  /** Command words before the name; several where flags are spread over commands. */
  readonly commands: readonly string[];
  readonly name: string;
  /** Terraform's path -> gcloud's flag. A path ending in [] is a list of names compared as a comma list. */
  readonly flags: Readonly<Record<string, string>>;
}

const LOCATION = { location: 'location' } as const;
const SERVICE = 'template.0.containers.0';

/** Everything that both Terraform and the gcloud scripts make. */
export const PAIRINGS: readonly Pairing[] = [
  { type: 'google_project_service', commands: ['services enable'], name: 'service', flags: {} },
  {
    type: 'google_artifact_registry_repository',
    commands: ['artifacts repositories create', 'artifacts repositories update'],
    name: 'repository_id',
    flags: { ...LOCATION, format: 'repository-format', 'docker_config.0.immutable_tags': 'immutable-tags' },
  },
  {
    type: 'google_storage_bucket',
    commands: ['storage buckets create', 'storage buckets update'],
    name: 'name',
    flags: { ...LOCATION, uniform_bucket_level_access: 'uniform-bucket-level-access' },
  },
  {
    type: 'google_service_account',
    commands: ['iam service-accounts create'],
    name: 'account_id',
    flags: {},
  },
  {
    type: 'google_cloud_tasks_queue',
    commands: ['tasks queues create'],
    name: 'name',
    flags: {
      ...LOCATION,
      'rate_limits.0.max_dispatches_per_second': 'max-dispatches-per-second',
      'rate_limits.0.max_concurrent_dispatches': 'max-concurrent-dispatches',
      'retry_config.0.max_attempts': 'max-attempts',
      'retry_config.0.max_retry_duration': 'max-retry-duration',
      'retry_config.0.min_backoff': 'min-backoff',
      'retry_config.0.max_backoff': 'max-backoff',
      'retry_config.0.max_doublings': 'max-doublings',
      'stackdriver_logging_config.0.sampling_ratio': 'log-sampling-ratio',
    },
  },
  {
    type: 'google_cloud_run_v2_service',
    commands: ['run deploy'],
    name: 'name',
    flags: {
      location: 'region',
      ingress: 'ingress',
      [`${SERVICE}.image`]: 'image',
      [`${SERVICE}.resources.0.limits.cpu`]: 'cpu',
      [`${SERVICE}.resources.0.limits.memory`]: 'memory',
      [`${SERVICE}.resources.0.cpu_idle`]: 'cpu-throttling',
      [`${SERVICE}.resources.0.startup_cpu_boost`]: 'cpu-boost',
      'template.0.execution_environment': 'execution-environment',
      'template.0.max_instance_request_concurrency': 'concurrency',
      'template.0.timeout': 'timeout',
      'template.0.scaling.0.min_instance_count': 'min-instances',
      'template.0.scaling.0.max_instance_count': 'max-instances',
    },
  },
  {
    type: 'google_cloudfunctions2_function',
    commands: ['functions deploy'],
    name: 'name',
    flags: {
      location: 'region',
      'build_config.0.runtime': 'runtime',
      'build_config.0.entry_point': 'entry-point',
      'service_config.0.available_cpu': 'cpu',
      'service_config.0.available_memory': 'memory',
      'service_config.0.max_instance_request_concurrency': 'concurrency',
      'service_config.0.max_instance_count': 'max-instances',
      'service_config.0.timeout_seconds': 'timeout',
      'service_config.0.ingress_settings': 'ingress-settings',
      'event_trigger.0.trigger_region': 'trigger-location',
      'event_trigger.0.retry_policy': 'retry',
    },
  },
  { type: 'google_secret_manager_secret', commands: ['secrets create'], name: 'secret_id', flags: {} },
  { type: 'google_compute_global_address', commands: ['compute addresses create'], name: 'name', flags: {} },
  {
    type: 'google_compute_security_policy',
    commands: ['compute security-policies create'],
    name: 'name',
    flags: { type: 'type' },
  },
  {
    type: 'google_compute_backend_bucket',
    commands: ['compute backend-buckets create', 'compute backend-buckets update'],
    name: 'name',
    flags: {
      bucket_name: 'gcs-bucket-name',
      enable_cdn: 'enable-cdn',
      'custom_response_headers[]': 'custom-response-header',
      'cdn_policy.0.cache_mode': 'cache-mode',
      'cdn_policy.0.client_ttl': 'client-ttl',
      'cdn_policy.0.default_ttl': 'default-ttl',
      'cdn_policy.0.max_ttl': 'max-ttl',
      'cdn_policy.0.serve_while_stale': 'serve-while-stale',
      'cdn_policy.0.request_coalescing': 'request-coalescing',
      'cdn_policy.0.negative_caching': 'negative-caching',
      'cdn_policy.0.signed_url_cache_max_age_sec': 'signed-url-cache-max-age',
      'cdn_policy.0.cache_key_policy.0.query_string_whitelist[]': 'cache-key-query-string-whitelist',
    },
  },
  {
    type: 'google_compute_backend_service',
    commands: ['compute backend-services create', 'compute backend-services update'],
    name: 'name',
    flags: {
      load_balancing_scheme: 'load-balancing-scheme',
      protocol: 'protocol',
      enable_cdn: 'enable-cdn',
      'custom_response_headers[]': 'custom-response-header',
      'cdn_policy.0.cache_mode': 'cache-mode',
      'cdn_policy.0.serve_while_stale': 'serve-while-stale',
      'cdn_policy.0.negative_caching': 'negative-caching',
      'cdn_policy.0.request_coalescing': 'request-coalescing',
      'cdn_policy.0.cache_key_policy.0.include_host': 'cache-key-include-host',
      'cdn_policy.0.cache_key_policy.0.include_protocol': 'cache-key-include-protocol',
      'cdn_policy.0.cache_key_policy.0.include_query_string': 'cache-key-include-query-string',
      'log_config.0.enable': 'enable-logging',
      'log_config.0.sample_rate': 'logging-sample-rate',
    },
  },
  {
    type: 'google_compute_region_network_endpoint_group',
    commands: ['compute network-endpoint-groups create'],
    name: 'name',
    flags: {
      region: 'region',
      network_endpoint_type: 'network-endpoint-type',
      'cloud_run.0.service': 'cloud-run-service',
    },
  },
  {
    type: 'google_compute_url_map',
    commands: ['compute url-maps create', 'compute url-maps import'],
    name: 'name',
    flags: {},
  },
  {
    type: 'google_compute_managed_ssl_certificate',
    commands: ['compute ssl-certificates create'],
    name: 'name',
    flags: { 'managed.0.domains[]': 'domains' },
  },
  {
    type: 'google_compute_ssl_policy',
    commands: ['compute ssl-policies create'],
    name: 'name',
    flags: { profile: 'profile', min_tls_version: 'min-tls-version' },
  },
  {
    type: 'google_compute_target_https_proxy',
    commands: ['compute target-https-proxies create'],
    name: 'name',
    flags: { quic_override: 'quic-override' },
  },
  {
    type: 'google_compute_target_http_proxy',
    commands: ['compute target-http-proxies create'],
    name: 'name',
    flags: {},
  },
  {
    type: 'google_compute_global_forwarding_rule',
    commands: ['compute forwarding-rules create'],
    name: 'name',
    flags: { load_balancing_scheme: 'load-balancing-scheme', port_range: 'ports' },
  },
  {
    type: 'google_pubsub_topic',
    commands: ['pubsub topics create'],
    name: 'name',
    flags: { message_retention_duration: 'message-retention-duration' },
  },
  {
    type: 'google_pubsub_subscription',
    commands: ['pubsub subscriptions create'],
    name: 'name',
    flags: {
      ack_deadline_seconds: 'ack-deadline',
      'push_config.0.push_endpoint': 'push-endpoint',
      'push_config.0.oidc_token.0.audience': 'push-auth-token-audience',
      'retry_policy.0.minimum_backoff': 'min-retry-delay',
      'retry_policy.0.maximum_backoff': 'max-retry-delay',
    },
  },
  {
    type: 'google_cloud_run_v2_job',
    commands: ['run jobs deploy'],
    name: 'name',
    flags: {
      location: 'region',
      'template.0.task_count': 'tasks',
      'template.0.parallelism': 'parallelism',
      'template.0.template.0.timeout': 'task-timeout',
      'template.0.template.0.max_retries': 'max-retries',
      'template.0.template.0.containers.0.image': 'image',
      'template.0.template.0.containers.0.resources.0.limits.cpu': 'cpu',
      'template.0.template.0.containers.0.resources.0.limits.memory': 'memory',
    },
  },
  { type: 'google_logging_metric', commands: ['logging metrics create'], name: 'name', flags: {} },
];

/** Terraform's word for a value -> gcloud's. */
export const WORDS: Readonly<Record<string, string>> = {
  DOCKER: 'docker',
  SERVERLESS: 'serverless',
  TLS_1_2: '1.2',
  ALLOW_INTERNAL_ONLY: 'internal-only',
  EXECUTION_ENVIRONMENT_GEN2: 'gen2',
  INGRESS_TRAFFIC_ALL: 'all',
  INGRESS_TRAFFIC_INTERNAL_ONLY: 'internal',
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: 'internal-and-cloud-load-balancing',
  RETRY_POLICY_RETRY: 'true',
};
