import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Conversion, Limits } from '../../../engine/catalog.ts';
import { limitFields } from '../../../engine/settings.ts';

/** Size and time of change of a picture that a step lays over others; empty where there is none. */
async function stateOf(image: string): Promise<string> {
  const stats = await stat(image).catch(() => undefined);
  return stats ? `${stats.size} ${stats.mtimeMs}` : '';
}

/** Limits other than the usual ones: they may leave frames out. */
const ownLimits = (limits: Limits): readonly string[] =>
  Object.entries(limitFields).flatMap(([name, field]) => {
    const limit = limits[name as keyof Limits];
    return limit === field.default ? [] : [`${name} ${limit}`];
  });

/** Hash of a conversion, of the watermarks that it names, and of limits of its own. */
export async function fingerprint(conversion: Conversion, limits: Limits): Promise<string> {
  const images = conversion.steps.flatMap(({ params }) => params.image ?? []);
  const more = [...(await Promise.all(images.map(stateOf))), ...ownLimits(limits)];
  const text = JSON.stringify(more.length > 0 ? [conversion, more] : conversion);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
