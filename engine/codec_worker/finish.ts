import { Problem } from '../../common/problem.ts';
import type { Format } from '../formats/format.ts';
import { formatNamed } from '../formats/index.ts';
import { finish } from '../pixels/finish.ts';
import type { RenderJob } from '../pixels/run_passes.ts';
import type { Message } from './message.ts';
import type { CodecPool } from './pool.ts';
import { densityFor, draw, limitMemory } from './svg.ts';
import type { CodecTask } from './task.ts';

const unavailable = async (): Promise<never> => {
  throw new Problem('internal', 'the worker has no other worker');
};
const noCodecs: CodecPool = { run: unavailable, close: async () => {} };

function knownFormat(name: string): Format {
  const format = formatNamed(name);
  if (format === undefined) throw new Problem('internal', `no format ${name}`);
  return format;
}

type SentJob = Omit<RenderJob, 'draw' | 'source'> & {
  readonly source: Omit<RenderJob['source'], 'bytes' | 'format' | 'blocks'>;
};

/** The source of the passes: without any, the drawing itself; else its pixels. */
async function sourceOf(
  { details, data }: Message,
  { source, passes }: SentJob,
): Promise<RenderJob['source']> {
  const known = { ...source, blocks: {}, format: knownFormat('svg') };
  if (passes.length === 0) return { ...known, bytes: data, density: densityFor(details) };
  const drawn = await draw({ details, data });
  const { width, height } = drawn.details as { readonly width: number; readonly height: number };
  return { ...known, bytes: drawn.data, raw: { width, height, channels: 4 } };
}

/** Draws an SVG, renders and encodes it. `details`: scale, format, job; of the answer: encoded. */
export const finishSvg: CodecTask = async (request) => {
  const { job, format } = request.details as { readonly job: SentJob; readonly format: string };
  const source = await sourceOf(request, job);
  const { data, ...encoded } = await limitMemory(() =>
    finish({ job: { ...job, source, draw: unavailable }, format: knownFormat(format), codecs: noCodecs }),
  );
  return { details: { encoded }, data };
};
