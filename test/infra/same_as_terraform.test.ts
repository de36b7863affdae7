import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Command, recorded, SETTINGS } from './commands.ts';
import { PAIRINGS, type Pairing, WORDS } from './pairs.ts';
import { hashOfConfiguration, type Planned } from './plan.ts';

const here = import.meta.dirname;
const planned: Planned = JSON.parse(readFileSync(join(here, 'planned.json'), 'utf8'));
const { commands } = recorded('deploy.sh');
const addresses = Object.entries(planned.resources);
const ofType = (type: string) =>
  addresses.filter(([address]) => address.startsWith(`${type}.`)).map(([, values]) => values);

test('the plan compared here is the plan of this configuration (else: infra/check.sh --update)', () => {
  expect(planned.configuration).toBe(hashOfConfiguration(join(here, '../../infra/terraform')));
});

test.each(PAIRINGS)('Terraform and gcloud make the same $type', (pairing) => {
  const terraform = ofType(pairing.type).map((values) => String(values[pairing.name]));
  expect(terraform.length).toBeGreaterThan(0);
  expect(namesMade(pairing)).toEqual(new Set(terraform));
});

const SIZED = PAIRINGS.filter(({ flags }) => Object.keys(flags).length > 0);

test.each(SIZED)('every setting of $type is the same in both', (pairing) => {
  for (const values of ofType(pairing.type)) {
    const name = String(values[pairing.name]);
    const flags = Object.assign({}, ...madeBy(pairing, name).map((command) => command.flags));
    for (const [path, flag] of Object.entries(pairing.flags)) {
      const wanted = at(values, path);
      if (wanted === undefined) continue;
      expect({ [`${name} --${flag}`]: flagOf(flags, flag) }).toEqual({ [`${name} --${flag}`]: wanted });
    }
  }
});

test.each(['imagetx', 'imagebatch', 'onthefly'])(
  'service %s gets the same environment from both',
  (service) => {
    const values = ofType('google_cloud_run_v2_service').find(({ name }) => name === service) ?? {};
    const container = (
      values as never as { template: [{ containers: [{ env: { name: string; value?: string }[] }] }] }
    ).template[0].containers[0];
    const flags = commands.find(({ words }) => words === `run deploy ${service}`)?.flags ?? {};
    const told = pairsOf(flags['update-env-vars']);
    const secrets = pairsOf(flags['update-secrets']);
    expect(new Set([...Object.keys(told), ...Object.keys(secrets)])).toEqual(
      new Set(container.env.map(({ name }) => name)),
    );
    // An account's address is known to Terraform only after it was made.
    const known = container.env.filter(({ value }) => value !== undefined);
    expect(told).toMatchObject(Object.fromEntries(known.map(({ name, value }) => [name, value])));
  },
);

test('neither deletes originals unless told', () => {
  const rules = ofType('google_storage_bucket').filter((values) => values.lifecycle_rule !== undefined);
  expect(rules.map(({ name }) => name)).toEqual(['my-pictures-imagetx-records']);
  const updates = ({ words }: Command) => words === 'storage buckets update gs://my-pictures-imagetx-src';
  const flagsOf = (settings: Readonly<Record<string, string>>) =>
    recorded('deploy.sh', { ...SETTINGS, ...settings })
      .commands.filter(updates)
      .map(({ flags }) => flags);
  const cors = { 'cors-file': expect.any(String) };
  expect(flagsOf({})).toEqual([cors]);
  expect(flagsOf({ SOURCE_DAYS: '0' })).toEqual([{ 'clear-lifecycle': true }, cors]);
  expect(flagsOf({ SOURCE_DAYS: '7', UPLOAD_ORIGINS: '' })).toEqual([
    { 'lifecycle-file': expect.any(String) },
  ]);
});

test('Fan gets the same environment from both', () => {
  const [fan] = ofType('google_cloudfunctions2_function');
  const { environment_variables: wanted } = (
    fan as never as { service_config: [{ environment_variables: object }] }
  ).service_config[0];
  const told = pairsOf(
    commands.find(({ words }) => words === 'functions deploy fan')?.flags['update-env-vars'],
  );
  expect(told).toMatchObject(wanted);
  expect(Object.keys(told).sort()).toEqual([...Object.keys(wanted), 'SERVICE_ACCOUNT'].sort());
});

test('the job of backfill gets the same environment from both, and all that the command reads of Fan', () => {
  const [job] = ofType('google_cloud_run_v2_job') as never as [
    { template: [{ template: [{ containers: [{ env: { name: string; value?: string }[] }] }] }] },
  ];
  const { env } = job.template[0].template[0].containers[0];
  const told = pairsOf(
    commands.find(({ words }) => words === 'run jobs deploy backfill')?.flags['update-env-vars'],
  );
  expect(Object.keys(told).sort()).toEqual(env.map(({ name }) => name).sort());
  expect(told).toMatchObject(
    Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  );
});

test('both give the same roles to the same accounts on the same things', () => {
  expect(grantsOfGcloud()).toEqual(grantsOfTerraform());
});

function madeBy({ commands: verbs }: Pairing, name?: string): readonly Command[] {
  const mine = commands.filter(({ words }) => verbs.some((verb) => words.startsWith(`${verb} `)));
  return name === undefined
    ? mine
    : mine.filter(({ words }) => words.replace('gs://', '').split(' ').includes(name));
}

function namesMade(pairing: Pairing): ReadonlySet<string> {
  const creating = pairing.commands.filter((verb) => !verb.endsWith(' update'));
  const lines = creating.flatMap((verb) =>
    madeBy(pairing)
      .filter(({ words }) => words.startsWith(`${verb} `))
      .map(({ words }) => words.slice(verb.length + 1)),
  );
  return new Set(lines.flatMap((line) => line.replace('gs://', '').split(' ')));
}

/** The value at a dotted path as gcloud writes it. */
function at(values: unknown, path: string): string | undefined {
  const list = path.endsWith('[]');
  const keys = path.replace('[]', '').split('.');
  const found = keys.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    values,
  );
  if (found === undefined) return undefined;
  return list ? (found as readonly string[]).join(',') : withoutUnit(WORDS[String(found)] ?? String(found));
}

/** Some arguments want 60s, some 60. */
const withoutUnit = (value: string): string => value.replace(/^(\d+)s$/, '$1');

function flagOf(flags: Readonly<Record<string, string | true>>, name: string): string | undefined {
  if (flags[`no-${name}`]) return 'false';
  const value = flags[name];
  return value === undefined ? undefined : withoutUnit(String(value));
}

function pairsOf(list: string | true | undefined): Record<string, string> {
  const pairs = typeof list === 'string' ? list.replace('^|^', '').split('|') : [];
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

function grantsOfGcloud(): readonly string[] {
  const bindings = commands.filter(({ words }) => words.includes('add-iam-policy-binding'));
  const lines = bindings.map(({ words, flags }) => {
    const target = words.split(' ').at(-1) ?? '';
    const member = String(flags.member).replace(/^serviceAccount:/, '');
    return `${nameOf(member)} ${flags.role} on ${nameOf(target.replace('gs://', ''))}`;
  });
  return [...new Set(lines)].sort();
}

/** An account's short name: img-fan@... is fan; Google's own agents by their kind. */
function nameOf(member: string): string {
  const agents = { 'gs-project-accounts': 'gcs-agent', 'gcp-sa-eventarc': 'eventarc-agent' };
  const agent = Object.entries(agents).find(([part]) => member.includes(part));
  return agent ? agent[1] : (/^img-(\w+)@/.exec(member)?.[1] ?? member);
}

/** Terraform's members are unknown until applied; the address or this table says whose they are. */
const MEMBERS: Readonly<Record<string, string>> = {
  'google_service_account_iam_member.acts_as_tasks["fan"]': 'fan',
  'google_service_account_iam_member.acts_as_tasks["backfill"]': 'backfill',
  'google_cloud_run_v2_service_iam_member.tasks_invoke_imagebatch': 'tasks',
  'google_cloud_run_v2_service_iam_member.trigger_invokes_fan': 'trigger',
  'google_cloud_run_v2_service_iam_member.backfill_reads_fan[0]': 'backfill',
  'google_artifact_registry_repository_iam_member.build_pushes': 'build',
  'google_project_iam_member.build_reads_sources': 'build',
  'google_project_iam_member.gcs_publishes[0]': 'gcs-agent',
  'google_secret_manager_secret_iam_member.reads["signature_key"]': 'onthefly',
};
const TARGETS: Readonly<Record<string, string>> = {
  'google_service_account_iam_member.acts_as_tasks["fan"]': 'tasks',
  'google_service_account_iam_member.acts_as_tasks["backfill"]': 'tasks',
  'google_artifact_registry_repository_iam_member.build_pushes': 'imagetx-functions',
};

function grantsOfTerraform(): readonly string[] {
  const members = addresses.filter(([address]) => address.includes('_iam_member.'));
  return members
    .map(([address, { member, role, bucket, name, secret_id: secret, project }]) => {
      const keyed = /\["(\w+) /.exec(address)?.[1];
      const who =
        member === undefined
          ? (MEMBERS[address] ?? keyed)
          : nameOf(String(member).replace(/^serviceAccount:/, ''));
      return `${who} ${role} on ${TARGETS[address] ?? bucket ?? secret ?? name ?? project}`;
    })
    .sort();
}
