/** The engine: what works on pixels. It loads sharp; see `catalog.ts` and `settings.ts` for what does not. */
export { type Converted, type ConvertOptions, convert, type FetchImage } from './convert.ts';
export { inspect } from './header/inspect.ts';
export { libvipsVersion } from './native/sharp.ts';
