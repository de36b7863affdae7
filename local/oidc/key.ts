import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';

export type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: JWK };

/** The issuer's key. The first start creates it in the folder, so that old tokens stay valid. */
export async function loadSigningKey(dir: string): Promise<SigningKey> {
  const file = join(dir, 'oidc-key.json');
  const jwk = (await readJwk(file)) ?? (await makeJwk(file));
  const kid = await calculateJwkThumbprint(jwk);
  const publicJwk = { kty: 'RSA', n: jwk.n, e: jwk.e, kid, alg: 'RS256', use: 'sig' } as JWK;
  return { kid, publicJwk, privateKey: (await importJWK(jwk, 'RS256')) as CryptoKey };
}

/** Undefined when the file is missing or is not a key. */
async function readJwk(file: string): Promise<JWK | undefined> {
  try {
    const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
    await importJWK(jwk, 'RS256');
    return jwk;
  } catch {
    return undefined;
  }
}

async function makeJwk(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(jwk), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return jwk;
}
