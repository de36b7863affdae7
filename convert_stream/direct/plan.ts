import { readConfig } from '../../common/fields/config.ts';
import type { ValuesOf } from '../../common/fields/field.ts';
import { checkName } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { conversionFor } from '../../convert_batch/conversion.ts';
import { jobsFor } from '../../convert_batch/plan.ts';
import { type PlanSettings, planFields } from '../../convert_batch/plan_fields.ts';
import type { Presets } from '../../engine/catalog.ts';
import type { DirectBuckets, directFields } from '../settings/direct.ts';
import type { UploadRequest } from './fields.ts';

/** An upload that is about to start. */
export interface UploadPlan {
  /** Name of the object that the client will send. */
  readonly source: string;
  /** Metadata of that object. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of the outputs. */
  readonly outputs: readonly string[];
}

/** Top folder of direct uploads in the source bucket, and by default of their outputs. */
const folder = 'uploads';

const defaultName = 'picture';

export type DirectPlanConfig = Pick<ValuesOf<typeof directFields>, 'DEST_PREFIX' | 'UPLOAD_NAMES'>;

/** Fan's settings as far as this service knows them; those with other names here have Fan's defaults. */
export function planSettings(
  config: DirectPlanConfig,
  buckets: DirectBuckets,
  presets: Presets,
): PlanSettings {
  const shared = Object.entries(config).filter(([name]) => Object.hasOwn(planFields, name));
  return {
    ...readConfig(planFields, {}),
    ...Object.fromEntries(shared),
    DEST_PREFIX: config.DEST_PREFIX,
    SRC_BUCKET_NAME: buckets.source,
    DEST_BUCKET_NAME: buckets.destination,
    presets,
  };
}

/**
 * The source and the outputs of an upload. `id` is an unguessable word: no client can name the source of another one.
 * @throws Problem `invalid_param`, `unsupported_output`.
 */
export function planUpload(
  request: UploadRequest,
  id: string,
  { settings, names }: { readonly settings: PlanSettings; readonly names: DirectPlanConfig['UPLOAD_NAMES'] },
): UploadPlan {
  const { bytes } = request;
  const name = request.name || defaultName;
  const source = checkName(`${folder}/${id}/${name}`);
  const metadata = {
    // Fan's defaults would make other outputs than those that the answer names.
    sizes: '',
    ...request.metadata,
    name: names === 'given' && request.name ? name : source,
  };
  const { jobs, ignored } = jobsFor(
    { bucket: settings.SRC_BUCKET_NAME, name: source, generation: '0', bytes, metadata },
    settings,
  );
  if (ignored)
    throw new Problem('invalid_param', `formats: expected a list such as webp,avif, got ${ignored}`);
  for (const job of jobs) conversionFor(job);
  return { source, metadata, outputs: jobs.map((job) => job.name) };
}
