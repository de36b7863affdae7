import { fontsFile } from './fonts.ts';

/** Variables that native libraries read at their first use: an entry file sets those that are not set before that. */
export const nativeVariables = (conversions: number): Readonly<Record<string, string>> => ({
  /** libuv's threads: room beside the conversions for name look-ups and files. */
  UV_THREADPOOL_SIZE: String(conversions + 4),
  /** fontconfig's settings: text looks the same on every host. */
  FONTCONFIG_FILE: fontsFile,
});

/**
 * What glibc reads when a process starts, and never after: the memory of threads lies in two places and is given back
 * when it is free (docs/figures.md). Set by whatever starts a service.
 */
export const allocatorVariables: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '33554432',
};
