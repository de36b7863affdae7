import { availableParallelism } from 'node:os';
import { nativeVariables } from '../engine/settings.ts';

/** Has text drawn with the shipped font too, unless the program has set its fonts itself. */
export function setFonts(): void {
  const { FONTCONFIG_FILE = '' } = nativeVariables(availableParallelism());
  process.env.FONTCONFIG_FILE ??= FONTCONFIG_FILE;
}
