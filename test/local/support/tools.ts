import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { developmentCertificates } from '../../../certs/make.ts';
import { startStorage } from '../../../local/storage/server.ts';
import { removeDir, temporaryDir } from '../../support/folder.ts';

/** A storage server, a small and a large file, and `run` for tools pointed at the server. */
export async function toolRig(environment: (rig: { dir: string; url: string; httpsPort: string }) => object) {
  const dir = await temporaryDir();
  const tls = await developmentCertificates(join(dir, 'certs'));
  const server = await startStorage({
    dir: join(dir, 'store'),
    port: 0,
    httpsPort: 0,
    tls,
    buckets: ['pictures'],
  });
  const files = {
    small: { path: join(dir, 'small.png'), data: randomBytes(20_000) },
    large: { path: join(dir, 'large.png'), data: randomBytes(9_000_000) },
  };
  for (const { path, data } of Object.values(files)) await writeFile(path, data);
  const { url, httpsUrl = '' } = server;
  const env = {
    ...process.env,
    CLOUDSDK_CONFIG: join(dir, 'config'),
    CLOUDSDK_CORE_PROJECT: 'local-dev',
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL: 'false',
    ...environment({ dir, url, httpsPort: new URL(httpsUrl).port }),
  };
  return {
    dir,
    files,
    metadataOf: async (name: string) =>
      (await (await fetch(`${url}/b/pictures/o/${encodeURIComponent(name)}`)).json()) as Record<
        string,
        unknown
      >,
    /** Runs a tool; resolves to its output, byte for byte. */
    async run(tool: string, ...args: string[]): Promise<Buffer> {
      const options = { env, encoding: 'buffer', maxBuffer: 2 ** 26, timeout: 150_000 } as const;
      return (await promisify(execFile)(tool, args, options)).stdout;
    },
    async close() {
      await server.close();
      await removeDir(dir);
    },
  };
}
