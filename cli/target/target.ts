import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isGsUrl, parseGsUrl } from '../../cloud/gs_url.ts';
import { environmentOf } from '../../cloud/run_services.ts';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { createTaskQueue, type TaskQueue } from '../../cloud/tasks.ts';
import { readConfig } from '../../common/fields/config.ts';
import type { ValuesOf } from '../../common/fields/field.ts';
import { localBuckets } from '../../common/local_cloud.ts';
import { urlPath } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import type { World } from '../command.ts';
import { missingFlag } from '../flags.ts';
import { type queueFlags, type targetFields, targetSettings } from './fields.ts';
import { findLocalCloud } from './local_cloud.ts';

type Texts = World['env'];

/** The cloud that a command works on. */
export interface Target {
  readonly source: string;
  readonly destination: string;
  readonly records: string;
  /** Names of the queues. */
  readonly queues: readonly string[];
  /** Prefix of every output's name. */
  readonly prefix: string;
  readonly store: ObjectStore;
  /** URL of the converter. @throws Problem `missing_param`. */
  readonly runUrl: () => string;
  /** @throws Problem `missing_param`. */
  readonly openQueue: () => TaskQueue;
  /** URL of an output. */
  readonly urlOf: (output: string) => string;
  readonly isLocal: boolean;
  /** Fan's settings. @throws Problem `unprocessable` when Fan cannot be asked. */
  readonly fanTexts: () => Promise<Texts>;
  /** Folder for what a command keeps between two calls. */
  readonly stateDir: string;
}

export interface TargetOptions {
  /** The texts of flags, by the names of their settings. */
  readonly flags: Readonly<Record<string, string>>;
  /** Arguments of the command; those that are gs:// URLs name a bucket. */
  readonly urls: readonly string[];
  /** The setting that the bucket of those URLs is for. */
  readonly role?: 'SRC_BUCKET_NAME' | 'RECORDS_BUCKET';
  readonly env: Texts;
}

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Enough for a large upload over a slow connection. */
const uploadMs = 3_600_000;
const taskSeconds = 600;

/** Bucket names as in infra/. */
const bucketsOf = (base: string): Texts => ({
  SRC_BUCKET_NAME: `${base}-src`,
  DEST_BUCKET_NAME: `${base}-dst`,
  RECORDS_BUCKET: `${base}-records`,
});
const projectNames = (project: string): Texts => ({
  PROJECT_ID: project,
  SERVICE_ACCOUNT: `img-tasks@${project}.iam.gserviceaccount.com`,
  ...bucketsOf(`${project}-imagetx`),
});

/** The bucket of the first URL, and the other buckets where its name follows the pattern of infra/. */
function bucketsInUrls({ urls, role = 'SRC_BUCKET_NAME' }: TargetOptions): {
  readonly own: Texts;
  readonly others: Texts;
} {
  const url = urls.find(isGsUrl);
  if (url === undefined) return { own: {}, others: {} };
  const { bucket } = parseGsUrl(url);
  const [, base] = /^(.+)-(?:src|dst|records)$/.exec(bucket) ?? [];
  return { own: { [role]: bucket }, others: base ? bucketsOf(base) : {} };
}

const pickTargetTexts = (texts: Texts): Texts =>
  Object.fromEntries(
    Object.entries(texts).filter(([name, text]) => text && Object.hasOwn(targetSettings, name)),
  );

function googleTexts(options: TargetOptions): Texts {
  const { flags, env } = options;
  const { own, others } = bucketsInUrls(options);
  const project = flags.PROJECT_ID ?? env.PROJECT_ID ?? env.GOOGLE_CLOUD_PROJECT;
  const defaults = project ? projectNames(project) : {};
  return { ...defaults, ...others, ...pickTargetTexts(env), ...own, ...pickTargetTexts(flags) };
}

const bucketFlags = ['SRC_BUCKET_NAME', 'DEST_BUCKET_NAME', 'RECORDS_BUCKET'] as const;

/** Whether the command line names a project, or a bucket that is not local. */
function isForGoogle({ flags, urls }: TargetOptions, own: readonly string[]): boolean {
  const inUrls = urls.filter(isGsUrl).map((url) => parseGsUrl(url).bucket);
  const inFlags = bucketFlags.flatMap((name) => flags[name] ?? []);
  return flags.PROJECT_ID !== undefined || [...inUrls, ...inFlags].some((bucket) => !own.includes(bucket));
}

/** The settings of the running local cloud, or of Google Cloud if the command line names it. */
async function findTexts(options: TargetOptions): Promise<{ texts: Texts; stateDir: string; local?: Texts }> {
  const dirs = options.flags.local ? [options.flags.local] : ['.local', join(checkout, '.local')];
  for (const dir of dirs) {
    const local = await findLocalCloud(dir);
    const own = bucketFlags.map((name) => local?.settings[name] ?? '');
    if (local && !isForGoogle(options, own)) {
      const texts = { ...local.settings, ...pickTargetTexts(options.flags) };
      return { texts, stateDir: dir, local: local.settings };
    }
  }
  if (isForGoogle(options, Object.values(localBuckets)))
    return { texts: googleTexts(options), stateDir: '.local' };
  throw new Problem(
    'not_found',
    'no local cloud is running: start one with `npm start`, or name a Google Cloud project with --project',
  );
}

/** The settings of Fan on Google Cloud. @throws Problem `unprocessable`. */
async function readFanTexts(settings: ValuesOf<typeof targetSettings>): Promise<Texts> {
  const { PROJECT_ID: project, LOCATION: location, FAN_SERVICE: service, CLOUD_RUN_ENDPOINT } = settings;
  if (project === undefined)
    throw new Problem('unprocessable', 'cannot read the settings of Fan: expected --project, got none');
  const endpoint = CLOUD_RUN_ENDPOINT ? { endpoint: CLOUD_RUN_ENDPOINT } : {};
  return await environmentOf({ project, location, service, ...endpoint });
}

/** The local cloud, or Google Cloud if the command line names it. @throws Problem `not_found`, `missing_param`. */
export async function findTarget(options: TargetOptions): Promise<Target> {
  const { texts, stateDir, local } = await findTexts(options);
  const settings = readConfig(targetSettings, pickTargetTexts(texts));
  const { PROJECT_ID = '-', STORAGE_EMULATOR_HOST: endpoint, CLOUD_TASKS_ENDPOINT: tasks } = settings;
  const requireSetting = (
    name: keyof typeof targetFields | Exclude<keyof typeof queueFlags, 'QUEUE'>,
  ): string => {
    const value = settings[name];
    if (value === undefined) throw missingFlag(targetSettings[name]);
    return value;
  };
  const destination = requireSetting('DEST_BUCKET_NAME');
  const base = settings.CDN_URL ?? `${endpoint ?? 'https://storage.googleapis.com'}/${destination}`;
  return {
    source: requireSetting('SRC_BUCKET_NAME'),
    destination,
    records: requireSetting('RECORDS_BUCKET'),
    queues: settings.QUEUE,
    prefix: settings.DEST_PREFIX,
    store: createObjectStore({
      projectId: PROJECT_ID,
      timeoutMs: uploadMs,
      ...(endpoint ? { endpoint } : {}),
    }),
    runUrl: () => requireSetting('RUN_URL'),
    openQueue: () =>
      createTaskQueue({
        projectId: requireSetting('PROJECT_ID'),
        location: settings.LOCATION,
        queues: settings.QUEUE,
        serviceAccount: requireSetting('SERVICE_ACCOUNT'),
        audience: settings.RUN_AUDIENCE ?? requireSetting('RUN_URL'),
        deadlineSeconds: taskSeconds,
        ...(tasks ? { endpoint: tasks } : {}),
      }),
    urlOf: (output) => `${withoutTrailingSlash(base)}/${urlPath(output)}`,
    isLocal: local !== undefined,
    fanTexts: async () => local ?? (await readFanTexts(settings)),
    stateDir,
  };
}
