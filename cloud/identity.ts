import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../common/problem.ts';

export interface IdentityOptions {
  /** The audience that the token must have. Never empty: without an audience any service's token would be accepted. */
  readonly audience: string;
  /** Accounts that may call, by e-mail address. */
  readonly emails: readonly string[];
  readonly issuers: readonly string[];
  readonly jwksUri: string;
  /**
   * Cloud Run's IAM has verified the signature and replaced it with a fixed word. The claims are still checked here.
   * Never set it where requests can bypass IAM.
   */
  readonly iamVerified?: boolean;
  readonly timeoutMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Caller {
  readonly email: string;
}

/** Verifies an `Authorization` header. @throws Problem `unauthorized`, `forbidden`, `queue_unavailable`. */
export type VerifyCaller = (authorization: string | undefined) => Promise<Caller>;

const clockToleranceSeconds = 30;
const stripped = 'SIGNATURE_REMOVED_BY_GOOGLE';
/** Google signs with RS256 only. Pinned, so that a token cannot choose its algorithm. */
const algorithms = ['RS256'];

const unauthorized = (message: string, cause?: unknown): Problem =>
  new Problem('unauthorized', message, cause === undefined ? {} : { cause });

function tokenOf(authorization: string | undefined): string {
  const [, token] = /^Bearer +([\w.-]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (token === undefined)
    throw unauthorized('Missing token: expected Authorization: Bearer with an ID token');
  return token;
}

type Claims = Pick<IdentityOptions, 'audience' | 'issuers' | 'emails'> & { readonly nowSeconds: number };

/** The claims of a token that IAM has verified. Checks IAM's mark, the pinned algorithm and the claims. */
function strippedClaims(token: string, { audience, issuers, nowSeconds }: Claims): JWTPayload {
  const [head = '', body = '', signature] = token.split('.');
  const header = json(head);
  const claims = json(body) as JWTPayload;
  const audiences = [claims.aud].flat();
  const isTimely =
    typeof claims.exp === 'number' &&
    claims.exp > nowSeconds - clockToleranceSeconds &&
    (claims.nbf ?? 0) <= nowSeconds + clockToleranceSeconds;
  const isGood =
    signature === stripped &&
    algorithms.includes(String(header.alg)) &&
    issuers.includes(String(claims.iss)) &&
    audiences.includes(audience) &&
    isTimely;
  if (!isGood) throw unauthorized('Invalid token');
  return claims;
}

function json(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw unauthorized('Invalid token', cause);
  }
  throw unauthorized('Invalid token');
}

function allowed({ email, email_verified }: JWTPayload, emails: readonly string[]): Caller {
  if (typeof email === 'string' && email_verified === true && emails.includes(email)) return { email };
  throw new Problem('forbidden', 'This account may not call this service');
}

/** Errors of jose that are caused by the key server, not by the token. */
const keysMissing = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC']);

/** Turns an error of jose into a Problem. Its message stays in the cause: the caller has no use for it. */
function asRefusal(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code } = error as { readonly code?: unknown };
  const isOurs = typeof code !== 'string' || !code.startsWith('ERR_') || keysMissing.has(code);
  if (!isOurs) return unauthorized('Invalid token', error);
  return new Problem('queue_unavailable', 'Cannot fetch the keys that tokens are checked with', {
    cause: error,
  });
}

/** Creates a verifier of ID tokens of service accounts: signature, issuer, audience, time and account. */
export function createVerifier(options: IdentityOptions): VerifyCaller {
  const {
    audience,
    issuers,
    emails,
    jwksUri,
    iamVerified = false,
    timeoutMs = 5000,
    now = Date.now,
  } = options;
  if (audience === '')
    throw new Problem('invalid_param', 'audience: expected the URL of this service, got nothing');
  const keys = createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: timeoutMs });

  const claimsOf = async (token: string): Promise<JWTPayload> => {
    if (iamVerified && token.endsWith(`.${stripped}`)) {
      return strippedClaims(token, { audience, issuers, emails, nowSeconds: now() / 1000 });
    }
    const { payload } = await jwtVerify(token, keys, {
      algorithms,
      audience,
      issuer: [...issuers],
      requiredClaims: ['exp', 'iat', 'sub', 'email', 'email_verified'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
    });
    return payload;
  };

  return async (authorization) => {
    try {
      return allowed(await claimsOf(tokenOf(authorization)), emails);
    } catch (error) {
      throw asRefusal(error);
    }
  };
}
