import { join } from 'node:path';
import { Agent, fetch as fetchWith, type RequestInit } from 'undici';
import { developmentCertificates } from '../../../certs/make.ts';
import { type CdnOptions, startCdn } from '../../../local/cdn/server.ts';
import { testStorage } from '../../support/storage.ts';

/** A CDN over a storage server, with a clock that only `tick` moves. */
export async function testCdn(options: Partial<CdnOptions> = {}) {
  const storage = await testStorage();
  const certificates = await developmentCertificates(join(storage.dir, 'certs'));
  let time = Date.parse('2030-01-01T00:00:00Z');
  const cdn = await startCdn({
    origin: storage.server.url,
    bucket: 'pictures',
    port: 0,
    tls: certificates,
    now: () => time,
    ...options,
  });
  const dispatcher = new Agent({ connect: { ca: certificates.ca } });
  storage.server.faults.add({ path: '^/pictures/', times: Number.POSITIVE_INFINITY });

  return {
    cdn,
    storage,
    tick(seconds: number): void {
      time += seconds * 1000;
    },
    /** The number of requests from the CDN to the bucket. */
    originCalls: () => storage.server.faults.list()[0]?.hits ?? 0,
    fetch: (path: string, init: RequestInit = {}) => fetchWith(cdn.url + path, { ...init, dispatcher }),
    async get(path: string, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetchWith(cdn.url + path, { headers, dispatcher });
      const header = (name: string) => response.headers.get(name);
      const [cache, age] = [header('x-cache-status'), header('age')];
      return { status: response.status, cache, age, header, text: await response.text() };
    },
    async put(name: string, text: string | Buffer, cacheControl?: string): Promise<void> {
      const metadata = { contentType: 'image/png', ...(cacheControl && { cacheControl }) };
      await storage.bucket.file(name).save(text, { resumable: false, metadata });
    },
    async close() {
      await dispatcher.destroy();
      await cdn.close();
      await storage.close();
    },
  };
}
