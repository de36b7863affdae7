import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { commands } from '../../cli/commands/index.ts';
import { readCommandLine } from '../../cli/flags.ts';
import { readConfig } from '../../common/fields/config.ts';
import { checkFanConfig, fanFields } from '../../convert_batch/gcf/config.ts';
import { converterFields } from '../../convert_batch/run/config.ts';
import { signatureKeys, warningIfOpen } from '../../convert_stream/guards/signed_url.ts';
import { checkConfig, streamFields } from '../../convert_stream/settings/config.ts';
import type { Planned } from './plan.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly env: readonly Variable[] }[] };
    };
  };
}

const infra = join(import.meta.dirname, '../../infra');
const planned: Planned = JSON.parse(readFileSync(join(import.meta.dirname, 'planned.json'), 'utf8'));

function ofTerraform(service: string): readonly Variable[] {
  const address = `google_cloud_run_v2_service.service["${service}"]`;
  const { template } = planned.resources[address] as never as {
    template: [{ containers: [{ env: readonly Variable[] }] }];
  };
  return template[0].containers[0].env;
}

function ofManifest(file: string): readonly Variable[] {
  const text = readFileSync(join(infra, 'kubernetes', file), 'utf8');
  const [manifest] = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  return manifest?.spec.template.spec.containers[0]?.env ?? [];
}

/** Set for Google's client libraries, not for us: without it they run the gcloud command to find the project. */
const OF_LIBRARIES = ['GOOGLE_CLOUD_PROJECT'];
/** Values that come from secrets; long enough for any of them. */
const SECRET = 'x'.repeat(32);

const unknownIn = (table: object, variables: readonly Variable[]): readonly string[] =>
  variables.map(({ name }) => name).filter((name) => !(name in table) && !OF_LIBRARIES.includes(name));
const environment = (variables: readonly Variable[]) =>
  Object.fromEntries(variables.map(({ name, value }) => [name, value ?? SECRET]));

test.each([
  ['Cloud Run: imagetx', ofTerraform('imagetx')],
  ['Cloud Run: onthefly', ofTerraform('onthefly')],
  ['Kubernetes: base', ofManifest('base/deployment.yaml')],
  ['Knative: imagetx', ofManifest('overlays/knative/imagetx.yaml')],
  ['Knative: onthefly', ofManifest('overlays/knative/onthefly.yaml')],
])('%s gets settings that exist, hold together, and start it without a warning', (_, variables) => {
  expect(variables.length).toBeGreaterThan(4);
  expect(unknownIn(streamFields, variables)).toEqual([]);
  const config = readConfig(streamFields, environment(variables));
  expect(() => checkConfig(config)).not.toThrow();
  expect(() => signatureKeys(config)).not.toThrow();
  expect(warningIfOpen(config)).toBeUndefined();
});

test.each([
  ['Cloud Run', ofTerraform('imagebatch')],
  ['Knative', ofManifest('overlays/knative/imagebatch.yaml')],
])('%s: the converter gets settings that exist, and all that it requires', (_, variables) => {
  expect(unknownIn(converterFields, variables)).toEqual([]);
  expect(() => readConfig(converterFields, environment(variables))).not.toThrow();
});

test('Fan gets settings that exist, and all that it requires', () => {
  const { service_config: config } = planned.resources['google_cloudfunctions2_function.fan'] as never as {
    service_config: [{ environment_variables: Readonly<Record<string, string>> }];
  };
  const variables = { SERVICE_ACCOUNT: 'known once made', ...config[0].environment_variables };
  expect(
    unknownIn(
      fanFields,
      Object.keys(variables).map((name) => ({ name })),
    ),
  ).toEqual([]);
  expect(() => checkFanConfig(readConfig(fanFields, variables))).not.toThrow();
});

test('the job of backfill calls the command with arguments that it takes', async () => {
  const { template } = planned.resources['google_cloud_run_v2_job.backfill[0]'] as never as {
    template: [{ template: [{ containers: [{ args: readonly string[] }] }] }];
  };
  const [name, ...args] = template[0].template[0].containers[0].args;
  const { fields } = (await commands[name ?? '']?.load()) ?? {};
  expect(readCommandLine(fields ?? {}, args)?.positionals).toEqual(['gs://my-pictures-imagetx-src/']);
});

test('the converter counts as many attempts as the queue makes', () => {
  const { retry_config: retries } = planned.resources['google_cloud_tasks_queue.queue["q1"]'] as never as {
    retry_config: [{ max_attempts: number }];
  };
  const told = ofTerraform('imagebatch').find(({ name }) => name === 'MAX_ATTEMPTS');
  expect(Number(told?.value)).toBe(retries[0].max_attempts);
});
