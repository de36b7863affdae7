import type { Access } from '../request/access.ts';
import { isRefusal, send } from '../request/send.ts';

/** Bytes with an address for the page. */
export interface Shown {
  readonly src: string;
  readonly bytes: number;
  /** Absent where nothing is known of it. */
  readonly width?: number;
  readonly height?: number;
  /** Whether this browser shows it. */
  readonly isShown: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a picture as the browser shows it; undefined where it does not. */
async function sizeShown(src: string): Promise<Size | undefined> {
  const image = new Image();
  image.src = src;
  try {
    await image.decode();
  } catch {
    return undefined;
  }
  return { width: image.naturalWidth, height: image.naturalHeight };
}

type Options = { readonly access: Access; readonly signal: AbortSignal };

/** The size of a picture by the service. */
async function sizeByService(blob: Blob, options: Options): Promise<Partial<Size>> {
  const answer = await send({ path: '/info', query: {} }, { body: blob }, options);
  if (isRefusal(answer)) return {};
  const { width, height } = JSON.parse(await answer.blob.text()) as Size;
  return { width, height };
}

export async function showBlob(blob: Blob, options: Options): Promise<Shown> {
  const src = URL.createObjectURL(blob);
  const size = await sizeShown(src);
  if (size) return { src, bytes: blob.size, ...size, isShown: true };
  return { src, bytes: blob.size, ...(await sizeByService(blob, options)), isShown: false };
}

/** Frees the memory of a picture once the next one is on the screen. */
export function release(shown: Pick<Shown, 'src'> | undefined): void {
  if (shown) setTimeout(() => URL.revokeObjectURL(shown.src), 1000);
}
