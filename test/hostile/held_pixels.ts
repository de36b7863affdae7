import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createCodecPool } from '../../engine/codec_worker/pool.ts';
import { conversionOf } from '../../engine/conversion.ts';
import { convert } from '../../engine/convert.ts';
import { defaultLimits } from '../../engine/limits.ts';

/** Converts one picture in its own process, and prints the result and the megabytes that the conversion added. */
const { positionals } = parseArgs({ allowPositionals: true });
const [file = '', steps = '[]'] = positionals;
const input = await readFile(file);
const before = process.resourceUsage().maxRSS;
const codecs = createCodecPool();
const limits = { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 222.2 };
const fetchImage = () => Promise.reject(new Error('nothing to fetch'));
const outcome = await convert(input, conversionOf(JSON.parse(steps), 'onthefly'), {
  limits,
  fetchImage,
  codecs,
}).then(
  ({ info }) => `${info.width}x${info.height}`,
  (error) => error.code,
);
await codecs.close();
const megabytes = Math.round((process.resourceUsage().maxRSS - before) / 1024);
process.stdout.write(JSON.stringify({ outcome, megabytes }));
