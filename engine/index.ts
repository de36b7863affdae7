/** The engine's work on pixels. It loads sharp; `catalog.ts` and `settings.ts` do not. */
export { type Converted, type ConvertOptions, convert, type FetchImage } from './convert.ts';
export { factsOf, type PictureFacts } from './header/facts.ts';
export { inspect, type Source } from './header/inspect.ts';
export { libvipsVersion } from './native/sharp.ts';
export { freeFile } from './pixels/decode_once.ts';

/** Loads the code of placeholders with the first that is asked for. */
export const loadPlaceholders = () => import('./placeholder/index.ts');
export type { Placeholders } from './placeholder/index.ts';
