import { isInstalled } from '../formats/installed.ts';
import type { CodecPool } from './pool.ts';

/** Loads ImageMagick in a worker, if it is installed, so that the first HEIC does not wait for it. */
export async function warmCodecs({ run }: Pick<CodecPool, 'run'>): Promise<void> {
  if (isInstalled('magick')) await run({ task: 'magick.warm', data: Buffer.alloc(0) });
}
