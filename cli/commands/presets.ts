import { readText } from '../../cloud/read_text.ts';
import { createObjectStore } from '../../cloud/storage.ts';
import { Problem } from '../../common/problem.ts';
import { describePreset, parsePresets } from '../../engine/catalog.ts';
import { defineCommand } from '../command.ts';

/** `imagetx presets check FILE` */
export const presets = defineCommand({}, async ({ positionals }, { out, env }) => {
  const [verb, file, ...more] = positionals;
  if (verb !== 'check' || file === undefined || more.length > 0)
    throw new Problem(
      'missing_param',
      'expected check and one file or gs:// URL, such as check presets.yaml',
    );
  const store = createObjectStore({ projectId: env.PROJECT_ID ?? env.GOOGLE_CLOUD_PROJECT ?? '-' });
  for (const preset of (await parsePresets(await readText(file, store))).values())
    out(`${preset.name}: ${describePreset(preset)}`);
  return 0;
});
