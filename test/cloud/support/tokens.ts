import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { type Oidc, startOidc } from '../../../local/oidc/start.ts';
import { stripSignature } from '../../../local/oidc/strip.ts';
import { inFolder } from '../../support/folder.ts';

export const audience = 'https://run.example';
export const email = 'tasks@local-dev.iam.gserviceaccount.com';
export const good = { audience, email };

type Made = string | undefined;
type Row = readonly [what: string, make: (oidc: Oidc) => Promise<Made>];

/** The claims of a token, signed by a key of somebody else under the right key's id. */
async function resigned(token: string, alg = 'RS256'): Promise<string> {
  const [head = '', body = ''] = token.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString());
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (alg === 'none') return new UnsecuredJWT(claims).encode();
  if (alg === 'HS256') {
    return await new SignJWT(claims).setProtectedHeader({ ...header, alg }).sign(Buffer.alloc(32, 1));
  }
  const { privateKey } = await generateKeyPair('RS256');
  return await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

/** Claims changed, signature kept. */
function tampered(token: string): string {
  const [head, body = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody' })).toString('base64url');
  return [head, changed, signature].join('.');
}

/** Tokens that open nothing, with the answer they get. */
export const unauthorized: readonly Row[] = [
  ['no token', async () => undefined],
  ['a word', async () => 'token'],
  ['a token for another audience', (oidc) => oidc.mint({ ...good, audience: 'https://other.example' })],
  ['a token for a longer audience', (oidc) => oidc.mint({ ...good, audience: `${audience}/convert` })],
  ['a token of another issuer', (oidc) => oidc.mint({ ...good, issuer: 'https://issuer.example' })],
  ['an expired token', (oidc) => oidc.mint({ ...good, lifetimeSeconds: -60 })],
  ['a token with alg none', async (oidc) => await resigned(await oidc.mint(good), 'none')],
  ['a token signed with a shared secret', async (oidc) => await resigned(await oidc.mint(good), 'HS256')],
  ['a tampered token', async (oidc) => tampered(await oidc.mint(good))],
  ['a token signed with a foreign key', async (oidc) => await resigned(await oidc.mint(good))],
  ['a token without its signature', async (oidc) => stripSignature(await oidc.mint(good))],
];

export const forbidden: readonly Row[] = [
  [
    'a token of another account',
    (oidc) => oidc.mint({ ...good, email: 'other@local-dev.iam.gserviceaccount.com' }),
  ],
  ['a token whose e-mail is not verified', (oidc) => oidc.mint({ ...good, emailVerified: false })],
];

/** Tokens that are refused although IAM has verified the signature. */
export const strippedUnauthorized: readonly Row[] = [
  ['for another audience', (oidc) => oidc.mint({ ...good, audience: 'https://other.example' })],
  ['of another issuer', (oidc) => oidc.mint({ ...good, issuer: 'https://issuer.example' })],
  ['that expired', (oidc) => oidc.mint({ ...good, lifetimeSeconds: -60 })],
  ['with alg none', async (oidc) => await resigned(await oidc.mint(good), 'none')],
];

/** An issuer on a folder of its own. */
export const withOidc = (work: (oidc: Oidc) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const oidc = await startOidc({ dir, port: 0 });
    try {
      await work(oidc);
    } finally {
      await oidc.close();
    }
  });
