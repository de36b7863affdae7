import type { Converted } from './convert.ts';

/** What the metadata of an output says of how it was made. */
export const madeMetadata = ({
  info: { mode, framesLeftOut },
}: Converted): Readonly<Record<string, string>> => ({
  ...(mode ? { mode } : {}),
  ...(framesLeftOut ? { 'frames-left-out': `${framesLeftOut}` } : {}),
});

/** What a log line, a span and a metric say of a conversion. `pixels` are those of the input's first page. */
export const conversionFacts = ({ data, info }: Converted) => ({
  bytes: data.length,
  width: info.width,
  height: info.height,
  input: info.input.format,
  pixels: info.input.width * info.input.height,
  ...(info.mode ? { mode: info.mode } : {}),
  ...(info.framesLeftOut ? { framesLeftOut: info.framesLeftOut } : {}),
});
