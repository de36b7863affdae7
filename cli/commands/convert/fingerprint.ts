import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Conversion } from '../../../engine/catalog.ts';

/** Size and time of change of a picture that a step lays over others; empty where there is none. */
async function stateOf(image: string): Promise<string> {
  const stats = await stat(image).catch(() => undefined);
  return stats ? `${stats.size} ${stats.mtimeMs}` : '';
}

/** Hash of a conversion, and of the watermarks that it names. */
export async function fingerprint(conversion: Conversion): Promise<string> {
  const images = conversion.steps.flatMap(({ params }) => params.image ?? []);
  const states = await Promise.all(images.map(stateOf));
  const text = JSON.stringify(states.length > 0 ? [conversion, states] : conversion);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
