import type { Converted } from './convert.ts';

/** What a log line, a span and a metric say of a conversion. `pixels` are those of the input's first page. */
export const conversionFacts = ({ data, info }: Converted) => ({
  bytes: data.length,
  width: info.width,
  height: info.height,
  input: info.input.format,
  pixels: info.input.width * info.input.height,
  ...(info.mode ? { mode: info.mode } : {}),
});
