import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly resources: { readonly limits: Readonly<Record<string, string>> };
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds; the strict check of fields is infra/check.sh
  readonly spec: any;
}

const root = join(import.meta.dirname, '../../infra/kubernetes');
const installed = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!installed) console.log('skipped: kubectl is not installed, so no manifest can be rendered');
const rendering = installed ? test : test.skip;

const rendered = new Map<string, readonly Resource[]>();

function render(folder: string): readonly Resource[] {
  const known = rendered.get(folder);
  if (known) return known;
  const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', join(root, folder)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${folder}: ${stderr}`);
  const resources = parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
  rendered.set(folder, resources);
  return resources;
}

const kinds = (resources: readonly Resource[]) => resources.map(({ kind }) => kind).sort();
const only = (resources: readonly Resource[], kind: string): Resource => {
  const [found, ...more] = resources.filter((resource) => resource.kind === kind);
  if (!found || more.length > 0)
    throw new Error(`expected one ${kind}, got ${more.length + (found ? 1 : 0)}`);
  return found;
};
const containerOf = (resources: readonly Resource[]): Container =>
  only(resources, 'Deployment').spec.template.spec.containers[0];
const env = (container: Container, name: string) => container.env.find((entry) => entry.name === name);

const COMMON = ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount'];
const AUTOSCALED = [...COMMON, 'HorizontalPodAutoscaler'];

rendering.each([
  ['base', AUTOSCALED],
  ['overlays/plain', [...AUTOSCALED, 'Ingress']],
  ['overlays/gateway', [...AUTOSCALED, 'Gateway', 'HTTPRoute']],
  [
    'overlays/gke',
    [...AUTOSCALED, 'Gateway', 'HTTPRoute', 'ExternalSecret', 'GCPBackendPolicy', 'HealthCheckPolicy'],
  ],
  ['overlays/autoscale', [...COMMON, 'Ingress', 'ScaledObject']],
  ['overlays/knative', ['Service', 'Service', 'Service']],
  ['imaginary', AUTOSCALED],
] as const)('%s renders exactly its resources and no secret value', (folder, expected) => {
  expect(kinds(render(folder))).toEqual([...expected].sort());
});

const WITH_PODS = [
  'base',
  'overlays/plain',
  'overlays/gateway',
  'overlays/gke',
  'overlays/autoscale',
  'imaginary',
];

rendering.each(WITH_PODS)('in %s everything that selects pods selects these pods', (folder) => {
  const resources = render(folder);
  const { template, selector } = only(resources, 'Deployment').spec;
  const labels = template.metadata.labels;
  const selectors = [
    selector.matchLabels,
    only(resources, 'Service').spec.selector,
    only(resources, 'PodDisruptionBudget').spec.selector.matchLabels,
    only(resources, 'NetworkPolicy').spec.podSelector.matchLabels,
  ];
  for (const wanted of selectors) {
    expect(Object.keys(wanted ?? {})).not.toEqual([]);
    expect(labels).toMatchObject(wanted);
  }
});

rendering.each(WITH_PODS)('in %s a container can change nothing and drains before it is killed', (folder) => {
  const resources = render(folder);
  const container = containerOf(resources);
  const pod = only(resources, 'Deployment').spec.template.spec;
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532 });
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(container.resources.limits).toEqual({ memory: '1Gi' });
  const drainSeconds = Number(env(container, 'DRAIN_MS')?.value) / 1000;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
    drainSeconds + container.lifecycle.preStop.sleep.seconds,
  );
});

const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

rendering.each(WITH_PODS)(
  'in %s the network policy closes private ranges and the metadata server',
  (folder) => {
    const { egress, policyTypes } = only(render(folder), 'NetworkPolicy').spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    const blocks = egress.flatMap(({ to }: { to: { ipBlock?: { cidr: string; except?: string[] } }[] }) =>
      to.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : [])),
    );
    const [open, ...rest] = blocks;
    expect(open.cidr).toBe('0.0.0.0/0');
    expect(open.except).toEqual(expect.arrayContaining(PRIVATE));
    const allowed = rest.map(({ cidr }: { cidr: string }) => cidr);
    const ofGke = ['169.254.169.252/32', '169.254.169.254/32', '169.254.20.10/32'];
    expect(allowed).toEqual(folder === 'overlays/gke' ? ofGke : []);
  },
);

rendering('the base demands signed URLs, with the key from a Secret', () => {
  const container = containerOf(render('base'));
  expect(env(container, 'ENABLE_URL_SIGNATURE')?.value).toBe('true');
  expect(env(container, 'REQUIRE_AUTH')?.value).toBe('true');
  expect(env(container, 'URL_SIGNATURE_KEY')?.valueFrom).toEqual({
    secretKeyRef: { name: 'imagetx-keys', key: 'URL_SIGNATURE_KEY' },
  });
});

rendering(
  "the recipe for Imaginary keeps its port and its Service's name, with probes that want no key",
  () => {
    const resources = render('imaginary');
    const container = containerOf(resources);
    const service = only(resources, 'Service');
    expect(service.metadata.name).toBe('imaginary');
    expect(service.spec.ports[0].port).toBe(9000);
    expect(container.ports).toEqual([{ name: 'http', containerPort: 9000 }]);
    expect(env(container, 'PORT')?.value).toBe('9000');
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/readyz', '/readyz', '/healthz']);
    expect(container.args).toEqual(['-enable-url-source']);
  },
);

rendering('KEDA alone scales what the autoscale overlay makes', () => {
  const resources = render('overlays/autoscale');
  expect(only(resources, 'ScaledObject').spec.scaleTargetRef.name).toBe(
    only(resources, 'Deployment').metadata.name,
  );
});
