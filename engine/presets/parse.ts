import { Problem } from '../../common/problem.ts';
import { noPresets, type Preset, type Presets } from './preset.ts';
import { readPresets } from './read_presets.ts';

const maxCharacters = 1024 * 1024;

/**
 * Reads presets from YAML or JSON, which is YAML too.
 * @throws Problem `invalid_param` that lists every fault with its place.
 */
export async function parsePresets(text: string): Promise<Presets> {
  if (text.length > maxCharacters)
    throw new Problem(
      'invalid_param',
      `presets: expected at most ${maxCharacters} characters, got ${text.length}`,
    );
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text, { merge: true });
  } catch (cause) {
    throw new Problem('invalid_param', `presets: expected YAML or JSON, got ${(cause as Error).message}`, {
      cause,
    });
  }
  return readPresets(value);
}

/** The presets of the file that PRESETS names; none where it names none. @throws Problem as `parsePresets` does. */
export const loadPresets = async (
  place: string | undefined,
  readText: (place: string) => Promise<string>,
): Promise<Presets> => (place ? await parsePresets(await readText(place)) : noPresets);

/** The preset of that name. @throws Problem `invalid_param` that lists the known names. */
export function presetNamed(presets: Presets, name: string): Preset {
  const preset = presets.get(name);
  if (preset) return preset;
  const known =
    presets.size > 0 ? `one of ${[...presets.keys()].join(', ')}` : 'none, since PRESETS is not set';
  throw new Problem('invalid_param', `preset: expected ${known}; got ${JSON.stringify(name.slice(0, 80))}`);
}
