import { createServer } from 'node:http';
import { closeServer, listenOn } from '../kit/listening.ts';
import { loadSigningKey, type SigningKey } from './key.ts';
import { type Claims, mintToken } from './mint.ts';
import { stripSignature } from './strip.ts';

export type OidcOptions = {
  /** Folder of the key. */
  readonly dir: string;
  readonly port: number;
  readonly now?: () => number;
};

/** An emulator of accounts.google.com: an OpenID issuer on loopback. */
export type Oidc = Awaited<ReturnType<typeof startOidc>>;

const jwksPath = '/oauth2/v3/certs';
const reuseMs = 300_000;

export async function startOidc({ dir, port, now = Date.now }: OidcOptions) {
  const key = await loadSigningKey(dir);
  const server = createServer();
  const issuer = await listenOn(server, port, 'http');
  const pages = documents(issuer, key);
  server.on('request', (request, response) => {
    const page = pages[new URL(request.url ?? '/', issuer).pathname];
    response.writeHead(page ? 200 : 404, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
    response.end(JSON.stringify(page ?? { error: 'not found' }));
  });

  const mint = (claims: Claims) => mintToken(claims, key, { issuer, nowMs: now() });
  const switches = { stripSignatures: false };
  const fresh = reuse(mint, now);

  return {
    url: issuer,
    issuer,
    jwksUri: `${issuer}${jwksPath}`,
    mint,
    /** `stripSignatures`: tokens of `bearer` look as if Cloud Run's IAM had verified them. */
    switches,
    /** A token to send. Minted once per five minutes for the same claims, because signing costs 1 ms. */
    async bearer(claims: Claims): Promise<string> {
      const token = await fresh(claims);
      return switches.stripSignatures ? stripSignature(token) : token;
    },
    close: () => closeServer(server),
  };
}

function documents(issuer: string, key: SigningKey): Record<string, unknown> {
  const configuration = {
    issuer,
    jwks_uri: `${issuer}${jwksPath}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'azp', 'email', 'email_verified', 'exp', 'iat', 'iss', 'sub'],
  };
  return { '/.well-known/openid-configuration': configuration, [jwksPath]: { keys: [key.publicJwk] } };
}

function reuse(mint: (claims: Claims) => Promise<string>, now: () => number) {
  const kept = new Map<string, { readonly token: Promise<string>; readonly untilMs: number }>();
  return (claims: Claims): Promise<string> => {
    const id = JSON.stringify(claims);
    const old = kept.get(id);
    if (old && old.untilMs > now()) return old.token;
    const token = mint(claims);
    kept.set(id, { token, untilMs: now() + reuseMs });
    return token;
  };
}
