import { expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startOidc } from '../../local/oidc/start.ts';
import { inFolder } from '../support/folder.ts';

const claims = { audience: 'https://run', email: 'tasks@local-dev.iam.gserviceaccount.com' };

function verify(oidc: { issuer: string; jwksUri: string }, token: string) {
  const keys = createRemoteJWKSet(new URL(oidc.jwksUri));
  const expected = { issuer: oidc.issuer, audience: claims.audience, algorithms: ['RS256'] };
  return jwtVerify(token, keys, expected);
}

test('a token verifies with the published keys and has the claims of Google’s tokens', () =>
  inFolder(async (dir) => {
    const oidc = await startOidc({ dir, port: 0 });
    const { payload } = await verify(oidc, await oidc.mint(claims));
    expect(payload).toMatchObject({
      iss: oidc.url,
      aud: 'https://run',
      email: claims.email,
      email_verified: true,
    });
    expect(payload.sub).toMatch(/^\d{21}$/);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    await oidc.close();
  }));

test('the discovery document leads to the keys, and anything else is a 404', () =>
  inFolder(async (dir) => {
    const oidc = await startOidc({ dir, port: 0 });
    const found = await (await fetch(`${oidc.url}/.well-known/openid-configuration`)).json();
    expect(found).toMatchObject({ issuer: oidc.issuer, jwks_uri: oidc.jwksUri });
    const { keys } = (await (await fetch(oidc.jwksUri)).json()) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect((await fetch(`${oidc.url}/else`)).status).toBe(404);
    await oidc.close();
  }));

test('tokens stay valid after a restart, because the key is kept', () =>
  inFolder(async (dir) => {
    const first = await startOidc({ dir, port: 0 });
    const token = await first.mint(claims);
    await first.close();
    const second = await startOidc({ dir, port: 0 });
    await expect(verify({ ...second, issuer: first.issuer }, token)).resolves.toBeTruthy();
    await second.close();
  }));

test('tokens can be made invalid on purpose: expired, foreign, unverified', () =>
  inFolder(async (dir) => {
    const oidc = await startOidc({ dir, port: 0 });
    const expired = await oidc.mint({ ...claims, lifetimeSeconds: -60 });
    await expect(verify(oidc, expired)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    const foreign = await oidc.mint({ ...claims, issuer: 'https://elsewhere' });
    await expect(verify(oidc, foreign)).rejects.toMatchObject({ claim: 'iss' });
    const unverified = await oidc.mint({ ...claims, emailVerified: false });
    expect(decodeJwt(unverified)).toMatchObject({ email_verified: false });
    await oidc.close();
  }));

test('with the switch on, a token to send keeps its claims and loses its signature', () =>
  inFolder(async (dir) => {
    const oidc = await startOidc({ dir, port: 0 });
    await expect(verify(oidc, await oidc.bearer(claims))).resolves.toBeTruthy();
    oidc.switches.stripSignatures = true;
    const token = await oidc.bearer(claims);
    expect(token.split('.')[2]).toBe('SIGNATURE_REMOVED_BY_GOOGLE');
    expect(decodeJwt(token)).toMatchObject({ email: claims.email });
    await expect(verify(oidc, token)).rejects.toThrow();
    await oidc.close();
  }));
