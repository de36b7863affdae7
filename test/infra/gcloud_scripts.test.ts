import { expect, test } from '@jest/globals';
import { recorded, SETTINGS } from './commands.ts';

const words = (run: ReturnType<typeof recorded>) => run.commands.map((command) => command.words);

test('deploying again creates nothing that is there', () => {
  const again = recorded('deploy.sh', { ...SETTINGS, EXISTS: '0' });
  expect(again.status).toBe(0);
  const made = words(again).filter((line) => / create |versions add/.test(line));
  expect(made).toEqual([]);
  expect(words(again)).toContain('tasks queues update q1');
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

test('the first command that fails ends the deployment', () => {
  const run = recorded('deploy.sh', { ...SETTINGS, FAIL_ON: 'run deploy imagebatch' });
  expect(run.status).not.toBe(0);
  expect(words(run).at(-1)).toBe('run deploy imagebatch');
});

/** What the scripts create, and the words that delete it where they differ. */
const KEPT = /^services enable|secrets versions add/;

test('destroy deletes every single thing that deploy creates', () => {
  const made = words(recorded('deploy.sh')).filter(
    (line) => / (create|import|deploy) /.test(line) && !KEPT.test(line),
  );
  const gone = new Set(words(recorded('destroy.sh', { PROJECT_ID: SETTINGS.PROJECT_ID, EXISTS: '0' })));
  expect(made.length).toBeGreaterThan(25);
  const deletion = (line: string) =>
    line
      .replace(/^run deploy/, 'run services delete')
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
