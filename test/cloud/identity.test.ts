import { expect, test } from '@jest/globals';
import { createVerifier } from '../../cloud/identity.ts';
import type { Oidc } from '../../local/oidc/start.ts';
import { stripSignature } from '../../local/oidc/strip.ts';
import {
  audience,
  email,
  forbidden,
  good,
  strippedUnauthorized,
  unauthorized,
  withOidc,
} from './support/tokens.ts';

const verifier = (oidc: Oidc, iamVerified = false) =>
  createVerifier({ audience, emails: [email], issuers: [oidc.issuer], jwksUri: oidc.jwksUri, iamVerified });
const bearer = (token: string | undefined) => (token === undefined ? undefined : `Bearer ${token}`);

test('a good token names its account', () =>
  withOidc(async (oidc) => {
    const verify = verifier(oidc);
    expect(await verify(bearer(await oidc.mint(good)))).toEqual({ email });
    expect(await verify(`bearer  ${await oidc.mint(good)} `)).toEqual({ email });
  }));

test.each(unauthorized)('%s is unauthorized, and is not shown in the message', (_, make) =>
  withOidc(async (oidc) => {
    const token = await make(oidc);
    const problem = await verifier(oidc)(bearer(token)).catch((error) => error);
    expect(problem).toMatchObject({ code: 'unauthorized', status: 401 });
    if (token?.includes('.')) expect(problem.message).not.toContain(token.split('.')[1]);
  }),
);

test.each(forbidden)('%s is forbidden', (_, make) =>
  withOidc(async (oidc) => {
    const verifying = verifier(oidc)(bearer(await make(oidc)));
    await expect(verifying).rejects.toMatchObject({ code: 'forbidden', status: 403 });
  }),
);

test('a token whose signature IAM has removed is valid only behind IAM', () =>
  withOidc(async (oidc) => {
    const token = bearer(stripSignature(await oidc.mint(good)));
    await expect(verifier(oidc)(token)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await verifier(oidc, true)(token)).toEqual({ email });
  }));

test('behind IAM a complete token is still verified completely', () =>
  withOidc(async (oidc) => {
    const verify = verifier(oidc, true);
    expect(await verify(bearer(await oidc.mint(good)))).toEqual({ email });
    for (const [, make] of unauthorized.slice(0, -1)) {
      await expect(verify(bearer(await make(oidc)))).rejects.toMatchObject({ code: 'unauthorized' });
    }
  }));

test.each(strippedUnauthorized)('where IAM is in front a stripped token %s is unauthorized', (_, make) =>
  withOidc(async (oidc) => {
    const token = stripSignature((await make(oidc)) ?? '');
    await expect(verifier(oidc, true)(bearer(token))).rejects.toMatchObject({ code: 'unauthorized' });
  }),
);

test.each(forbidden)('where IAM is in front %s, stripped, is forbidden', (_, make) =>
  withOidc(async (oidc) => {
    const token = stripSignature((await make(oidc)) ?? '');
    await expect(verifier(oidc, true)(bearer(token))).rejects.toMatchObject({ code: 'forbidden' });
  }),
);

test('a verifier without an audience is refused', () => {
  const options = { emails: [email], issuers: ['https://a'], jwksUri: 'https://a/certs' };
  expect(() => createVerifier({ ...options, audience: '' })).toThrow(/audience/);
});

test('keys that cannot be fetched are not the token’s error', () =>
  withOidc(async (oidc) => {
    const token = bearer(await oidc.mint(good));
    const jwksUri = `${oidc.issuer}/none`;
    const verify = createVerifier({ audience, emails: [email], issuers: [oidc.issuer], jwksUri });
    await expect(verify(token)).rejects.toMatchObject({ code: 'queue_unavailable', retry: true });
  }));
