import type { TelemetryConfig } from './settings.ts';

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

/** `us-central1` of `projects/1/regions/us-central1`. */
const lastPart = (text: unknown): string | undefined =>
  String(text ?? '')
    .split('/')
    .at(-1) || undefined;

/** The project and region that this runs in; asks Google's metadata server, which outside of it is not there. */
export async function cloudIdentity(
  config: TelemetryConfig,
  own: Pick<Identity, 'service' | 'instance'>,
): Promise<Identity> {
  const metadata = await import('gcp-metadata');
  if (!(await metadata.isAvailable())) return { ...own, project: config.PROJECT_ID };
  const ask = (what: string) => metadata.instance<string>(what).catch(() => undefined);
  const region = (await ask('region')) ?? (await ask('attributes/cluster-location'));
  const project = config.PROJECT_ID ?? (await metadata.project<string>('project-id').catch(() => undefined));
  return { ...own, project, region: lastPart(region) };
}
