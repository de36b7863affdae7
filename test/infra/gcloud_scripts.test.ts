import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recorded, SETTINGS } from './commands.ts';

const words = (run: ReturnType<typeof recorded>) => run.commands.map((command) => command.words);

test('deploying again creates nothing that is there', () => {
  const again = recorded('deploy.sh', { ...SETTINGS, EXISTS: '0' });
  expect(again.status).toBe(0);
  const made = words(again).filter((line) => / create |versions add/.test(line));
  expect(made).toEqual([]);
});

/** What a repeated run may still set: images, what joins the parts, and what its caller gives. */
const AGAIN = new Set(
  'region location image service-account update-env-vars update-secrets member role condition project format global gen2 runtime entry-point source stage-bucket build-service-account docker-repository trigger-location trigger-service-account retry trigger-event-filters cors-file filter sort-by limit'.split(
    ' ',
  ),
);

test('deploying again keeps what an operator has set by hand', () => {
  const { commands } = recorded('deploy.sh', { ...SETTINGS, EXISTS: '0' });
  const changing = commands.filter(
    ({ words }) =>
      !/ (describe|list)( |$)|^compute (backend-services add-backend|url-maps add-path-matcher)/.test(words),
  );
  const flags = changing.flatMap(({ words, flags }) =>
    Object.keys(flags).map((flag) => [flag, words] as const),
  );
  expect(flags.filter(([flag]) => !AGAIN.has(flag))).toEqual([]);
  const variables = changing.map(({ flags }) => String(flags['update-env-vars'] ?? '')).join('|');
  expect(variables).not.toMatch(/CONVERSIONS|HTTP_CACHE_TTL|DOORS|REQUIRE_AUTH|DELETE_SOURCE/);
});

test('RESET=true sets the sizes of this release again', () => {
  const reset = recorded('deploy.sh', { ...SETTINGS, EXISTS: '0', RESET: 'true' });
  expect(words(reset)).toContain('tasks queues update q1');
  const imagetx = reset.commands.find(({ words }) => words === 'run deploy imagetx');
  expect(imagetx?.flags).toMatchObject({ 'max-instances': '10', memory: '2Gi' });
});

test("a component's further settings are passed on, and must exist", () => {
  const own = {
    IMAGETX_ENV: 'CORS=true|ALLOWED_ORIGINS=https://a.test,https://b.test',
    FAN_ENV: 'NAMES=full',
  };
  const { commands } = recorded('deploy.sh', { ...SETTINGS, ...own });
  const envOf = (call: string) => commands.find(({ words }) => words === call)?.flags['update-env-vars'];
  expect(envOf('run deploy imagetx')).toContain(`|${own.IMAGETX_ENV}`);
  expect(envOf('functions deploy fan')).toContain('|NAMES=full');
  const wrong = recorded('deploy.sh', { ...SETTINGS, IMAGEBATCH_ENV: 'NAMES=full' });
  expect([wrong.status, wrong.output]).toEqual([
    2,
    expect.stringContaining('IMAGEBATCH_ENV: no such setting: NAMES'),
  ]);
  expect(wrong.commands).toEqual([]);
});

test('a name prefix is before every name, so that two deployments share nothing', () => {
  const plain = recorded('deploy.sh').commands;
  const stage = recorded('deploy.sh', { ...SETTINGS, NAME_PREFIX: 'stage' }).commands;
  const made = (commands: typeof plain) =>
    commands.filter(({ words }) => / (create|import|deploy) /.test(words)).map(({ words }) => words);
  expect(made(stage)).toHaveLength(made(plain).length);
  const shared = made(stage).filter((line) => made(plain).includes(line));
  expect(shared).toEqual(['compute security-policies rules create 1000']);
});

test('without a certificate nothing is public and there is no load balancer', () => {
  const { commands, status } = recorded('deploy.sh', { ...SETTINGS, CDN_DOMAINS: '', ONTHEFLY: 'false' });
  expect(status).toBe(0);
  const text = commands.map(({ argv }) => argv.join(' '));
  expect(
    text.filter((line) => line.includes('allUsers') || line.includes('--no-public-access-prevention')),
  ).toEqual([]);
  expect(text.filter((line) => line.startsWith('compute'))).toEqual([]);
  expect(text.some((line) => line.startsWith('run deploy imagebatch'))).toBe(true);
});

test.each([
  ['a tag instead of a digest', { IMAGE: 'registry.test/imagetx:latest' }, 2, 'digest'],
  ['no project', { PROJECT_ID: '' }, 1, 'PROJECT_ID'],
  ['on the fly without a load balancer', { CDN_DOMAINS: '' }, 2, 'load balancer'],
] as const)('%s stops the script with a sentence', (_, change, status, sentence) => {
  const run = recorded('deploy.sh', { ...SETTINGS, ...change });
  expect(run.status).toBe(status);
  expect(run.output).toContain(sentence);
});

test('the commands of the page use the variables that it exports, and no made-up project', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join('');
  expect(blocks).toMatch(/^export PROJECT_ID=/m);
  expect(blocks.replace(/^export .*$/gm, '')).not.toMatch(/my-pictures|us-central1/);
  const makes = blocks
    .split('\n')
    .filter((line) => / (create|enable|describe|submit) /.test(line) && line.startsWith('gcloud'));
  expect(makes.length).toBeGreaterThan(3);
  for (const line of makes) expect(line).toMatch(/--project="\$PROJECT_ID"|\$REGISTRY/);
});

test('the first command that fails ends the deployment', () => {
  const run = recorded('deploy.sh', { ...SETTINGS, FAIL_ON: 'run deploy imagebatch' });
  expect(run.status).not.toBe(0);
  expect(words(run).at(-1)).toBe('run deploy imagebatch');
});

/** What the scripts create, and the words that delete it where they differ. */
const KEPT = /^services enable|secrets versions add|security-policies rules|buckets notifications/;

test('destroy deletes every single thing that deploy creates', () => {
  const made = words(recorded('deploy.sh')).filter(
    (line) => / (create|import|deploy) /.test(line) && !KEPT.test(line),
  );
  const gone = new Set(words(recorded('destroy.sh', { ...SETTINGS, EXISTS: '0' })));
  expect(made.length).toBeGreaterThan(30);
  const deletion = (line: string) =>
    line
      .replace(/^run deploy/, 'run services delete')
      .replace(/^run jobs deploy/, 'run jobs delete')
      .replace(/ (create|import|deploy) /, ' delete ')
      .replace(/(iam service-accounts delete \S+)$/, `$1@${SETTINGS.PROJECT_ID}.iam.gserviceaccount.com`);
  const left = made.map(deletion).filter((line) => !gone.has(line) && !line.includes('ssl-certificates'));
  expect(left).toEqual([]);
});

test('destroy keeps buckets that hold objects unless told', () => {
  const careful = words(recorded('destroy.sh', { PROJECT_ID: SETTINGS.PROJECT_ID, EXISTS: '0' }));
  expect(careful.filter((line) => line.startsWith('storage rm'))).toEqual([]);
  const full = recorded('destroy.sh', {
    PROJECT_ID: SETTINGS.PROJECT_ID,
    EXISTS: '0',
    FAIL_ON: 'storage buckets delete',
  });
  expect(full.status).toBe(0);
  expect(full.output).toContain('kept gs://my-pictures-imagetx-src');
});

test('destroying what is gone deletes nothing and succeeds', () => {
  const run = recorded('destroy.sh', { PROJECT_ID: SETTINGS.PROJECT_ID });
  expect(run.status).toBe(0);
  expect(words(run).filter((line) => / delete /.test(line))).toEqual([]);
});
