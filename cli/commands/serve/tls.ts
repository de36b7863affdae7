import { readFileSync } from 'node:fs';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions } from 'node:tls';

type Tls = Pick<SecureContextOptions, 'key' | 'cert' | 'ciphers'>;

export interface TlsFiles {
  readonly CERTFILE?: string;
  readonly KEYFILE?: string;
}

/** OpenSSL's error code for a certificate whose key is shorter than its default allows; Go accepts such keys. */
const shortKey = 'ERR_SSL_EE_KEY_TOO_SMALL';

function allowShortKey(tls: Tls, warn: (text: string) => void): Tls {
  try {
    createSecureContext(tls);
    return tls;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== shortKey) throw error;
    warn('WARNING: the key of the certificate is short; replace the certificate');
    return { ...tls, ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=1` };
  }
}

/** The certificate if both files are given. @throws when they cannot be read or do not match. */
export function readTls(
  { CERTFILE, KEYFILE }: TlsFiles,
  warn: (text: string) => void,
): { readonly tls?: Tls } {
  if (!CERTFILE || !KEYFILE) return {};
  return { tls: allowShortKey({ cert: readFileSync(CERTFILE), key: readFileSync(KEYFILE) }, warn) };
}
