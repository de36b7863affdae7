import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningKey } from './key.ts';

export type Claims = {
  readonly audience: string;
  readonly email: string;
  readonly emailVerified?: boolean;
  /** Default: the issuer itself. */
  readonly issuer?: string;
  /** Seconds from now; a negative value makes an expired token. */
  readonly lifetimeSeconds?: number;
};

/** Makes an ID token with the claims of Google's tokens for service accounts. */
export async function mintToken(claims: Claims, key: SigningKey, at: { issuer: string; nowMs: number }) {
  const { audience, email, emailVerified = true, issuer = at.issuer, lifetimeSeconds = 3600 } = claims;
  const now = Math.floor(at.nowMs / 1000);
  const id = accountId(email);
  return await new SignJWT({ email, email_verified: emailVerified, azp: id })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject(id)
    .setAudience(audience)
    .setIssuedAt(Math.min(now, now + lifetimeSeconds))
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key.privateKey);
}

/** Twenty-one digits, always the same for an e-mail address, as Google's subject ids are. */
function accountId(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex');
  return BigInt(`0x${digest}`).toString().slice(0, 21);
}
