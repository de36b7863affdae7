/** Who sends telemetry: what tells its series from those of any other process. */
export interface Identity {
  readonly service: string;
  /** Of this process alone. */
  readonly instance: string;
  readonly project?: string | undefined;
  readonly region?: string | undefined;
}

export const attributesOf = ({ service, instance, project, region }: Identity): Record<string, string> => ({
  'service.namespace': 'imagetx',
  'service.name': service,
  'service.instance.id': instance,
  ...(project ? { 'gcp.project_id': project } : {}),
  ...(region ? { 'cloud.region': region } : {}),
});
