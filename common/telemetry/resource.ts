/** The process that sends telemetry. Distinguishes its series from those of other processes. */
export interface Identity {
  readonly service: string;
  /** Unique to this process. */
  readonly instance: string;
  readonly project?: string | undefined;
  readonly region?: string | undefined;
}

export const resourceAttributes = ({
  service,
  instance,
  project,
  region,
}: Identity): Record<string, string> => ({
  'service.namespace': 'imagetx',
  'service.name': service,
  'service.instance.id': instance,
  ...(project ? { 'gcp.project_id': project } : {}),
  ...(region ? { 'cloud.region': region } : {}),
});
