import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { parsePresets, presetNamed } from '../../engine/presets/parse.ts';
import about from '../../package.json' with { type: 'json' };

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds; the strict check of fields is infra/check.sh
  readonly spec: any;
}

const infra = join(import.meta.dirname, '../../infra');
const chart = join(infra, 'helm/imagetx');
const has = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;
const hasHelm = has('helm', 'version');
const hasKubectl = has('kubectl', 'version', '--client');
if (!hasHelm) console.log('skipped: helm is not installed, so no chart can be rendered');
else if (!hasKubectl) console.log('skipped: kubectl is not installed, so the chart is compared with nothing');
const rendering = hasHelm ? test : test.skip;
const comparing = hasHelm && hasKubectl ? test : test.skip;

const IMAGE = ['--set', 'image.repository=registry.test/imagetx'];

function helm(...args: readonly string[]) {
  // Where helm does not know its own version it takes an old Kubernetes.
  const call = ['template', 'imagetx', chart, '--kube-version', '1.33.0', ...args];
  const { status, stdout, stderr } = spawnSync('helm', call, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const documents = (text: string): readonly Resource[] =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() ? [document.toJS() as Resource] : []));

function release(...args: readonly string[]): readonly Resource[] {
  const { status, stdout, stderr } = helm(...IMAGE, ...args);
  if (status !== 0) throw new Error(stderr);
  return documents(stdout);
}

function kustomize(folder: string): readonly Resource[] {
  const { stdout } = spawnSync('kubectl', ['kustomize', join(infra, 'kubernetes', folder)], {
    encoding: 'utf8',
  });
  return documents(stdout);
}

/** An object without what differs on purpose: labels of the release, the image, the order of variables. */
function comparable(resource: Resource): unknown {
  const copy = structuredClone(resource);
  Reflect.deleteProperty(copy.metadata, 'labels');
  for (const container of copy.kind === 'Deployment' ? copy.spec.template.spec.containers : []) {
    for (const name of ['image', 'imagePullPolicy']) Reflect.deleteProperty(container, name);
    container.env.sort((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name));
  }
  return copy;
}

const byName = (resources: readonly Resource[]) =>
  Object.fromEntries(resources.map((one) => [`${one.kind} ${one.metadata.name}`, comparable(one)]));

comparing.each([
  ['base', []],
  ['overlays/plain', ['--set', 'ingress.enabled=true']],
  ['overlays/gateway', ['--set', 'gateway.enabled=true']],
  ['imaginary', ['-f', join(chart, 'values-imaginary.yaml')]],
] as const)('the chart makes the same objects as %s', (folder, args) => {
  expect(byName(release(...args))).toEqual(byName(kustomize(folder)));
});

rendering('flags reach the container as text, and one for the port has to be that of the chart', () => {
  const args = ['--set', 'args={-p,9000,-max-allowed-resolution,222.2,-cors}', '--set', 'port=9000'];
  const { template } = release(...args).find(({ kind }) => kind === 'Deployment')?.spec ?? {};
  expect(template.spec.containers[0].args).toEqual([
    ...['-p', '9000', '-max-allowed-resolution', '222.2', '-cors'],
  ]);
});

rendering.each(['a'.repeat(53), `a.${'b'.repeat(49)}-c`])(
  'the release %s has names that Kubernetes takes',
  (name) => {
    const call = ['template', name, chart, '--kube-version', '1.33.0', ...IMAGE];
    const values = join(chart, 'ci/everything.yaml');
    const { stdout } = spawnSync('helm', [...call, '--values', values], { encoding: 'utf8' });
    const names = documents(stdout).map(({ metadata }) => metadata.name);
    expect(names.filter((one) => !/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(one))).toEqual([]);
    expect(names.length).toBeGreaterThan(5);
  },
);

test('the chart has the version of the package', () => {
  const { version, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
  expect([version, appVersion]).toEqual([about.version, about.version]);
});

rendering.each([
  [['settings.COORS=true'], "additional properties 'COORS' not allowed"],
  [['settings.CONVERSIONS=two'], "'two' does not match"],
  [['settings.API_KEY=secret'], "additional properties 'API_KEY' not allowed"],
  [['image.digest=latest'], "'latest' does not match"],
  [['presets.a.operation=crop', 'settings.PRESETS=/a.yaml'], 'expected either presets or settings.PRESETS'],
  [['settings.DRAIN_MS=60000'], 'expected more than DRAIN_MS and 5 s'],
  [['image.repository='], 'expected the name of an image that you have pushed, got nothing'],
  [
    ['args={-p,9000}'],
    'args: expected -p 8080, where probes and Service go by the value `port`, got -p 9000',
  ],
  [['args={-p=9000,-cors}'], 'got -p 9000'],
  [['metrics.enabled=true', 'metrics.port=8080'], 'metrics.port: expected another port than `port`'],
  [['autoscaling.minReplicas=20'], 'expected at least minReplicas (20), got 10'],
  [['secret.name='], 'secret.name: expected the name of a Secret'],
  [['secret.keys=null'], 'secret.keys.URL_SIGNATURE_KEY: expected the key of the Secret'],
  [['secret.keys.URL_SIGNATURE_KEY='], 'secret.keys.URL_SIGNATURE_KEY: expected the key of the Secret'],
  [['service.name=Images_1'], "'Images_1' does not match"],
  [[`service.name=${'a'.repeat(64)}`], 'does not match'],
  [['podLabels.app=1'], 'got number, want'],
])('%j is refused with a reason', (values, reason) => {
  const { status, stderr } = helm(...IMAGE, ...values.flatMap((value) => ['--set', value]));
  expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
});

rendering('metrics have a port and a Service of their own, which the monitor and the policy name', () => {
  const resources = release('-f', join(chart, 'ci/everything.yaml'));
  const one = (kind: string, name: string) =>
    resources.find((resource) => resource.kind === kind && resource.metadata.name === name);
  const monitor = one('ServiceMonitor', 'imagetx')?.spec;
  const service = one('Service', 'imagetx-metrics');
  expect(service?.metadata).toMatchObject({ labels: monitor.selector.matchLabels });
  expect(service?.spec.ports.map(({ name }: { name: string }) => name)).toEqual([monitor.endpoints[0].port]);
  const labelled = resources.filter(({ kind, metadata }) => {
    const { labels } = metadata as { labels?: Record<string, string> };
    return kind === 'Service' && labels?.['app.kubernetes.io/component'] === 'metrics';
  });
  expect(labelled).toHaveLength(1);
  expect(one('Service', 'imagetx')?.spec.ports).toHaveLength(1);
  const [, scrape] = one('NetworkPolicy', 'imagetx')?.spec.ingress ?? [];
  expect(scrape.ports).toEqual([{ port: 'metrics' }]);
});

rendering('presets reach the pods as a file that the service reads', async () => {
  const resources = release('-f', join(chart, 'ci/everything.yaml'));
  const map = resources.find(({ kind }) => kind === 'ConfigMap') as unknown as {
    data: Record<string, string>;
  };
  const presets = await parsePresets(map.data['presets.yaml'] ?? '');
  expect(presetNamed(presets, 'thumb')).toBeDefined();
  expect(presetNamed(presets, 'hero')).toBeDefined();
  const { template } = resources.find(({ kind }) => kind === 'Deployment')?.spec ?? {};
  const [{ env, volumeMounts }] = template.spec.containers;
  const { value } = env.find(({ name }: { name: string }) => name === 'PRESETS');
  const { mountPath } = volumeMounts.find(({ name }: { name: string }) => name === 'presets');
  expect(value).toBe(`${mountPath}/presets.yaml`);
});

rendering('numbers arrive as they were written, and null takes a setting away', () => {
  const deployment = release('-f', join(chart, 'ci/everything.yaml')).find(
    ({ kind }) => kind === 'Deployment',
  );
  const { env } = deployment?.spec.template.spec.containers[0] ?? {};
  const values = Object.fromEntries(
    env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  expect(values).toMatchObject({ MAX_INPUT_BYTES: '33554432', TRACE_RATIO: '0.5', RETURN_SIZE: 'true' });
  expect(Object.keys(values)).not.toContain('HTTP_CACHE_TTL');
});
