import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gsUrl, isGsUrl } from '../../cloud/gs_url.ts';
import { environmentOf } from '../../cloud/run_services.ts';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { createTaskQueue, type TaskQueue } from '../../cloud/tasks.ts';
import { readConfig } from '../../common/config.ts';
import type { ValuesOf } from '../../common/field.ts';
import { localBuckets } from '../../common/local_cloud.ts';
import { urlPath } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import type { World } from '../command.ts';
import { missing } from '../flags.ts';
import { placeFields, type queueFields, type targetFields } from './fields.ts';
import { findLocalCloud } from './local_cloud.ts';

type Texts = World['env'];

/** The cloud that a command works on. */
export interface Target {
  readonly source: string;
  readonly destination: string;
  readonly records: string;
  /** In front of every output's name. */
  readonly prefix: string;
  readonly store: ObjectStore;
  /** Where the converter takes its jobs. @throws Problem `missing_param`. */
  readonly runUrl: () => string;
  /** @throws Problem `missing_param`. */
  readonly openQueue: () => TaskQueue;
  /** Where an output can be fetched. */
  readonly urlOf: (output: string) => string;
  readonly isLocal: boolean;
  /** What Fan runs with. @throws Problem `unprocessable` when it cannot be asked. */
  readonly fanTexts: () => Promise<Texts>;
  /** What a command may keep between two calls is kept here. */
  readonly stateDir: string;
}

export interface Asked {
  /** What flags say, by names of settings. */
  readonly flags: Readonly<Record<string, string>>;
  /** The command's other words: some may be gs:// URLs. */
  readonly words: readonly string[];
  /** What the buckets of those URLs are. */
  readonly role?: 'SRC_BUCKET_NAME' | 'RECORDS_BUCKET';
  readonly env: Texts;
}

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A large upload over a slow line. */
const uploadMs = 3_600_000;
const taskSeconds = 600;

/** Names as infra/ gives them. */
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

/** The bucket of a URL; its name may tell the others. */
function bucketsIn({ words, role = 'SRC_BUCKET_NAME' }: Asked): {
  readonly own: Texts;
  readonly others: Texts;
} {
  const url = words.find(isGsUrl);
  if (url === undefined) return { own: {}, others: {} };
  const { bucket } = gsUrl(url);
  const [, base] = /^(.+)-(?:src|dst|records)$/.exec(bucket) ?? [];
  return { own: { [role]: bucket }, others: base ? bucketsOf(base) : {} };
}

const given = (texts: Texts): Texts =>
  Object.fromEntries(
    Object.entries(texts).filter(([name, text]) => text && Object.hasOwn(placeFields, name)),
  );

function googleTexts(asked: Asked): Texts {
  const { flags, env } = asked;
  const { own, others } = bucketsIn(asked);
  const project = flags.PROJECT_ID ?? env.PROJECT_ID ?? env.GOOGLE_CLOUD_PROJECT;
  const usual = project ? projectNames(project) : {};
  return { ...usual, ...others, ...given(env), ...own, ...given(flags) };
}

const bucketFlags = ['SRC_BUCKET_NAME', 'DEST_BUCKET_NAME', 'RECORDS_BUCKET'] as const;

/** Whether the command line names anything that cannot be in a local cloud. */
function meansGoogle({ flags, words }: Asked, own: readonly string[]): boolean {
  const inUrls = words.filter(isGsUrl).map((word) => gsUrl(word).bucket);
  const inFlags = bucketFlags.flatMap((name) => flags[name] ?? []);
  return flags.PROJECT_ID !== undefined || [...inUrls, ...inFlags].some((bucket) => !own.includes(bucket));
}

/** Settings of the running local cloud, or those of Google's when that is asked for. */
async function textsFor(asked: Asked): Promise<{ texts: Texts; stateDir: string; local?: Texts }> {
  const dirs = asked.flags.local ? [asked.flags.local] : ['.local', join(checkout, '.local')];
  for (const dir of dirs) {
    const local = await findLocalCloud(dir);
    const own = bucketFlags.map((name) => local?.settings[name] ?? '');
    if (local && !meansGoogle(asked, own)) {
      const texts = { ...local.settings, ...given(asked.flags) };
      return { texts, stateDir: dir, local: local.settings };
    }
  }
  if (meansGoogle(asked, Object.values(localBuckets)))
    return { texts: googleTexts(asked), stateDir: '.local' };
  throw new Problem(
    'not_found',
    'no local cloud runs here: start one with `npm start`, or name a Google Cloud project with --project',
  );
}

/** What Fan at Google runs with. @throws Problem `unprocessable`. */
async function fanTexts(place: ValuesOf<typeof placeFields>): Promise<Texts> {
  const { PROJECT_ID: project, LOCATION: location, FAN_SERVICE: service, CLOUD_RUN_ENDPOINT } = place;
  if (project === undefined)
    throw new Problem('unprocessable', 'the settings of Fan can be asked with --project only');
  const endpoint = CLOUD_RUN_ENDPOINT ? { endpoint: CLOUD_RUN_ENDPOINT } : {};
  return await environmentOf({ project, location, service, ...endpoint });
}

/** The cloud that the command line means. It is Google's only if that says so. @throws Problem. */
export async function targetFor(asked: Asked): Promise<Target> {
  const { texts, stateDir, local } = await textsFor(asked);
  const settings = readConfig(placeFields, given(texts));
  const { PROJECT_ID = '-', STORAGE_EMULATOR_HOST: endpoint, CLOUD_TASKS_ENDPOINT: tasks } = settings;
  const need = (name: keyof typeof targetFields | keyof typeof queueFields): string => {
    const value = settings[name];
    if (value === undefined) throw missing(placeFields[name]);
    return value;
  };
  const destination = need('DEST_BUCKET_NAME');
  const base = settings.CDN_URL ?? `${endpoint ?? 'https://storage.googleapis.com'}/${destination}`;
  return {
    source: need('SRC_BUCKET_NAME'),
    destination,
    records: need('RECORDS_BUCKET'),
    prefix: settings.DEST_PREFIX,
    store: createObjectStore({
      projectId: PROJECT_ID,
      timeoutMs: uploadMs,
      ...(endpoint ? { endpoint } : {}),
    }),
    runUrl: () => need('RUN_URL'),
    openQueue: () =>
      createTaskQueue({
        projectId: need('PROJECT_ID'),
        location: settings.LOCATION,
        queue: settings.QUEUE,
        serviceAccount: need('SERVICE_ACCOUNT'),
        audience: settings.RUN_AUDIENCE ?? need('RUN_URL'),
        deadlineSeconds: taskSeconds,
        ...(tasks ? { endpoint: tasks } : {}),
      }),
    urlOf: (output) => `${withoutTrailingSlash(base)}/${urlPath(output)}`,
    isLocal: local !== undefined,
    fanTexts: async () => local ?? (await fanTexts(settings)),
    stateDir,
  };
}
