import { createObjectStore } from '../../cloud/storage.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';
import { groupOf } from '../../convert_stream/onthefly/results/names.ts';
import { openResults } from '../../convert_stream/onthefly/results/open.ts';
import { onTheFlyFields } from '../../convert_stream/settings/onthefly.ts';
import { defineCommand } from '../command.ts';
import { missingFlag } from '../flags.ts';

const purgeFields = {
  results: {
    ...onTheFlyFields.RESULTS,
    flag: 'results',
    doc: 'Folder or gs:// URL of the results. Default: the environment variable RESULTS.',
  },
} as const satisfies FieldTable;

/** A source as the service names it: by its URL, or by its name in the mounted folder or bucket. */
const sourceOf = (text: string): string =>
  /^https?:\/\//i.test(text) ? `url ${text}` : `file ${text.replace(/^\/+/, '')}`;

/** `imagetx purge` */
export const purge = defineCommand(purgeFields, async ({ values, positionals }, { env, out }) => {
  if (positionals.length === 0)
    throw new Problem('missing_param', 'SOURCE: expected a name or URL of a picture, got none');
  const place = values.results ?? env.RESULTS;
  if (!place) throw missingFlag(purgeFields.results);
  const store = createObjectStore({ projectId: env.PROJECT_ID ?? env.GOOGLE_CLOUD_PROJECT ?? '-' });
  const results = await openResults({ place, maxBytes: Number.POSITIVE_INFINITY }, store);
  for (const source of positionals) {
    const count = await results.removeGroup(groupOf(sourceOf(source)));
    out(`${source}: ${count} removed`);
  }
  return 0;
});
