import { fileURLToPath } from 'node:url';

/**
 * Settings for fontconfig that add the shipped font to the host's fonts, so that text never becomes boxes.
 * Entry files set `FONTCONFIG_FILE` to it before the first picture, unless it is set.
 */
export const fontsFile: string = fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url));

/** Variables that native libraries read at their first use; entry files set them before that, unless they are set. */
export const nativeVariables = (conversions: number): Readonly<Record<string, string>> => ({
  /** Threads of libuv: some more than conversions, for name look-ups and files. */
  UV_THREADPOOL_SIZE: String(conversions + 4),
  /** With the same fonts, text looks the same on every host. */
  FONTCONFIG_FILE: fontsFile,
});

/**
 * Settings that glibc reads only when a process starts: threads share two arenas, and free memory returns to the
 * system (docs/figures.md). The program that starts a service sets them.
 */
export const allocatorVariables: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '134217728',
};

/** The memory that a codec worker may use: half of the container's memory, but at most `maxBytes`. */
export const shareOfMemory = (maxBytes: number): number =>
  Math.min(maxBytes, (process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2);
