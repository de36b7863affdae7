import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SelfsignedOptions } from 'selfsigned';

/** PEM texts and their files. */
export type Certificates = {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
};

type Pair = { readonly cert: string; readonly key: string };
const day = 24 * 60 * 60 * 1000;

/** Apple's systems refuse certificates that are valid for more than 398 days. */
const kinds = {
  ca: {
    cert: 'ca.pem',
    key: 'ca-key.pem',
    name: 'imagetx development CA',
    days: 5 * 365,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  },
  leaf: {
    cert: 'localhost.pem',
    key: 'localhost-key.pem',
    name: 'localhost',
    days: 397,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  },
} satisfies Record<string, { extensions: SelfsignedOptions['extensions'] } & Record<string, unknown>>;
type Kind = (typeof kinds)[keyof typeof kinds];

const renewWithin = 30 * day;

/**
 * Creates the development CA and a certificate for localhost, 127.0.0.1 and ::1 in `dir`. Keeps files that are valid
 * for another 30 days, so that a CA once trusted stays trusted. Only the owner can read the keys.
 */
export async function developmentCertificates(dir: string, now = new Date()): Promise<Certificates> {
  await mkdir(dir, { recursive: true });
  const oldCa = await readPair(dir, kinds.ca);
  const ca = oldCa && isGood(oldCa, now) ? oldCa : await makePair(dir, kinds.ca, now);
  const oldLeaf = await readPair(dir, kinds.leaf);
  const leaf =
    oldLeaf && isGood(oldLeaf, now) && isIssuedBy(oldLeaf, ca)
      ? oldLeaf
      : await makePair(dir, kinds.leaf, now, ca);
  const files = {
    caFile: join(dir, kinds.ca.cert),
    certFile: join(dir, kinds.leaf.cert),
    keyFile: join(dir, kinds.leaf.key),
  };
  return { ca: ca.cert, ...leaf, ...files };
}

async function readPair(dir: string, kind: Kind): Promise<Pair | undefined> {
  const read = (name: string) => readFile(join(dir, name), 'utf8').catch(() => '');
  const [cert, key] = await Promise.all([read(kind.cert), read(kind.key)]);
  return cert && key ? { cert, key } : undefined;
}

/** Whether the certificates are complete, match and do not expire soon. Otherwise they are created again. */
function isGood({ cert, key }: Pair, now: Date): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const isFresh = certificate.validToDate.getTime() - now.getTime() > renewWithin;
    return isFresh && certificate.validFromDate <= now && certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function isIssuedBy(leaf: Pair, ca: Pair): boolean {
  return new X509Certificate(leaf.cert).verify(new X509Certificate(ca.cert).publicKey);
}

async function makePair(dir: string, kind: Kind, now: Date, ca?: Pair): Promise<Pair> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: kind.name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - day),
    notAfterDate: new Date(now.getTime() + (kind.days - 1) * day),
    extensions: kind.extensions,
    ...(ca === undefined ? {} : { ca }),
  });
  await replace(join(dir, kind.key), made.private, 0o600);
  await replace(join(dir, kind.cert), made.cert, 0o644);
  return { cert: made.cert, key: made.private };
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const fresh = `${file}.${randomUUID()}.pem`;
  await writeFile(fresh, text, { mode });
  await rename(fresh, file);
}

if (import.meta.main) {
  const { caFile, certFile, keyFile } = await developmentCertificates(import.meta.dirname);
  console.log(`CA          ${caFile}\ncertificate ${certFile}\nkey         ${keyFile}`);
}
