import { fontsFile } from './fonts.ts';

/** Variables that native libraries read at their first use: an entry file sets those that are not set before that. */
export const nativeVariables = (conversions: number): Readonly<Record<string, string>> => ({
  /** libuv's threads: room beside the conversions for name look-ups and files. */
  UV_THREADPOOL_SIZE: String(conversions + 4),
  /** fontconfig's settings: text looks the same on every host. */
  FONTCONFIG_FILE: fontsFile,
});
