import { readFileSync } from 'node:fs';
import { parseNumber } from '../../../common/fields/number.ts';
import { createGate } from '../../../common/gate.ts';
import { asProblem, Problem } from '../../../common/problem.ts';
import { conversionOf, firstPage } from '../../../engine/catalog.ts';
import { type ConvertOptions, convert, inspect } from '../../../engine/index.ts';
import { pictureHeaders } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import { isOutputType } from '../request/params.ts';
import { errorHeader, httpStatus } from './errors.ts';
import { sendText } from './send.ts';

/** Answers a failure with a picture. */
export type Placeholder = (exchange: Exchange, problem: Problem) => Promise<void>;

/** A grey picture frame. */
const builtIn =
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">
  <rect width="400" height="400" fill="#e4e6ea"/>
  <g fill="none" stroke="#a9b0ba" stroke-width="12" stroke-linejoin="round">
    <rect x="90" y="110" width="220" height="180" rx="10"/>
    <path d="M96 270l68-72 44 44 34-34 62 62"/>
    <circle cx="252" cy="164" r="18"/>
  </g>
</svg>`);

interface Picture {
  readonly bytes: Buffer;
  readonly type: string;
  readonly width: number;
  readonly height: number;
}

const cannotStart = (message: string, cause?: unknown): Problem =>
  new Problem('invalid_param', `cannot start the server: ${message}`, { cause });

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw cannotStart(`cannot read the placeholder image ${file}`, cause);
  }
}

/** @throws Problem `invalid_param` when the file cannot be read or is not a picture. */
async function loadPicture(file: string | undefined, options: ConvertOptions): Promise<Picture> {
  const bytes = file ? readFile(file) : builtIn;
  try {
    const { format, width, height } = await inspect(bytes, firstPage, options);
    return { bytes, width, height, type: file && format.writes ? format.name : 'jpeg' };
  } catch (cause) {
    throw cannotStart('Placeholder image type is not supported', cause);
  }
}

const readSide = (text: string | undefined): number | undefined => {
  const read = parseNumber(text ?? '', 'int', 'lenient');
  if ('value' in read) return read.value;
  throw new Problem('invalid_param', `size of the placeholder: ${read.reason}`);
};

/** Stretches the placeholder to the requested size; a missing side stays as it is. */
async function draw({ texts }: Exchange['query'], own: Picture, options: ConvertOptions) {
  const type = texts.get('type') ?? '';
  const params = {
    width: readSide(texts.get('width')) || own.width,
    height: readSide(texts.get('height')) || own.height,
    force: true,
    type: isOutputType(type) ? type : own.type,
  };
  return await convert(own.bytes, conversionOf([{ operation: 'resize', params }], 'onthefly'), options);
}

const refuseFetch = (): never => {
  throw new Problem('unprocessable', 'watermark pictures cannot be fetched for placeholders');
};

/** Any client may cause a placeholder, even without a key: so they are small, and few are made at a time. */
const maxMegapixels = 4;
const queue = { running: 1, waiting: 32, waitMs: 5_000 } as const;

function sendPlaceholderFailure(exchange: Exchange, error: unknown): void {
  const { code, message, status: own } = asProblem(error);
  const status = code === 'too_busy' ? own : 400;
  sendText(exchange, status, 'application/json', JSON.stringify({ error: message, status }));
}

/**
 * Reads the placeholder that the settings name.
 * @throws Problem `invalid_param` when it cannot be read or is not a picture.
 */
export async function createPlaceholder(
  config: OnTheFlyConfig,
  tools: Omit<ConvertOptions, 'fetchImage'>,
): Promise<Placeholder> {
  const options = { ...tools, fetchImage: refuseFetch };
  const own = await loadPicture(config.PLACEHOLDER, options);
  const small = { ...options, limits: { ...options.limits, MAX_OUTPUT_MEGAPIXELS: maxMegapixels } };
  const gate = createGate(queue);
  return async (exchange, problem) => {
    const { query, res } = exchange;
    try {
      const { data, format } = await gate.run(() => draw(query, own, small));
      res.setHeader('error', errorHeader(problem));
      const status = config.PLACEHOLDER_STATUS || httpStatus(problem);
      res.writeHead(status, { ...pictureHeaders(format.mime), 'content-length': data.length }).end(data);
    } catch (error) {
      sendPlaceholderFailure(exchange, error);
    }
  };
}
