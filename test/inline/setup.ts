import { createCipheriv } from 'node:crypto';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import { createObjectStore } from '../../cloud/storage.ts';
import { readConfig } from '../../common/fields/config.ts';
import { createLog } from '../../common/log/log.ts';
import { serve } from '../../convert_stream/serve.ts';
import { streamFields } from '../../convert_stream/settings/config.ts';
import { testStorage } from '../support/storage.ts';

const bucketName = 'outputs';

type Line = Readonly<Record<string, unknown>>;

/** A log that records its lines. */
function recordLog() {
  const lines: Line[] = [];
  const waiting: { readonly matches: (line: Line) => boolean; readonly resolve: (line: Line) => void }[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      const line: Line = JSON.parse(String(chunk));
      lines.push(line);
      for (const { matches, resolve } of waiting) if (matches(line)) resolve(line);
      done();
    },
  });
  return {
    log: createLog({ destination }),
    lines,
    /** The first line that matches, already written or still to come. */
    line: (matches: (line: Line) => boolean): Promise<Line> =>
      new Promise((resolve) => {
        const there = lines.find(matches);
        if (there) resolve(there);
        else waiting.push({ matches, resolve });
      }),
  };
}

/** Starts the service with its own bucket on the storage emulator; `env` as in production. */
export async function startTestService(env: Readonly<Record<string, string>> = {}) {
  const storage = await testStorage(bucketName);
  const settings = {
    PORT: '0',
    WARM_CODECS: 'false',
    DEST_BUCKET_NAME: bucketName,
    CDN_URL: 'https://cdn.example',
    STORAGE_EMULATOR_HOST: storage.server.url,
    ...env,
  };
  const recorded = recordLog();
  const config = readConfig(streamFields, settings);
  const service = await serve({ ...config, CONVERSIONS: config.CONVERSIONS ?? 2 }, recorded.log);
  const close = async (): Promise<void> => {
    await service.close();
    await storage.close();
  };
  await service.ready.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ...recorded,
    service,
    url: service.url,
    convertUrl: `${service.url}/convert`,
    port: Number(new URL(service.url).port),
    storage,
    /** Reads the bucket through the real client. */
    store: createObjectStore({ projectId: 'local-dev', endpoint: storage.server.url }),
    bucket: bucketName,
    close,
  };
}

export type TestService = Awaited<ReturnType<typeof startTestService>>;

/** A picture to send: red, half transparent on the right. */
export const png = async (width = 60, height = 40): Promise<Buffer> =>
  await sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } })
    .png()
    .toBuffer();

/** Noise, which no encoder compresses; always the same. */
export async function noise(width: number, height: number): Promise<Buffer> {
  const zeros = Buffer.alloc(16);
  const pixels = createCipheriv('aes-128-ctr', zeros, zeros).update(Buffer.alloc(width * height * 3));
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

type Part = string | { readonly data: Buffer | string; readonly name: string };

/** A form with parts in this order. */
export function form(parts: Readonly<Record<string, Part>>): FormData {
  const made = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') made.append(name, part);
    else made.append(name, new Blob([part.data as Uint8Array<ArrayBuffer> | string]), part.name);
  }
  return made;
}

export const post = async (
  url: string,
  parts: Readonly<Record<string, Part>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => await fetch(url, { method: 'POST', body: form(parts), headers });
