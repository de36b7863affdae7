import { fileURLToPath } from 'node:url';

/**
 * Settings for fontconfig that add the shipped font to the host's, so that text never comes out as boxes.
 * An entry file sets the environment's `FONTCONFIG_FILE` to it, unless it is set, before the first picture.
 */
export const fontsFile: string = fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url));
