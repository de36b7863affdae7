import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

// In the place of the converter: checks the token, copies the source to the output's name.
const { PORT, HOST, STORAGE_EMULATOR_HOST, SRC_BUCKET_NAME, DEST_BUCKET_NAME, OIDC_JWKS_URI, ...env } =
  process.env;
const keys = createRemoteJWKSet(new URL(OIDC_JWKS_URI ?? ''));
const claims = { issuer: env.OIDC_ISSUERS ?? '', audience: env.RUN_AUDIENCE ?? '', algorithms: ['RS256'] };

const server = createServer(async (request, response) => {
  if (request.url === '/readyz') return response.end('ok');
  try {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    await jwtVerify(token, keys, claims);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const source = await fetch(
      `${STORAGE_EMULATOR_HOST}/b/${SRC_BUCKET_NAME}/o/${encodeURIComponent(form.get('source') ?? '')}?alt=media`,
    );
    const upload = `${STORAGE_EMULATOR_HOST}/upload/storage/v1/b/${DEST_BUCKET_NAME}/o?uploadType=media`;
    const body = Buffer.from(await source.arrayBuffer());
    await fetch(`${upload}&name=${form.get('name')}`, { method: 'POST', body });
    response.end('ok');
  } catch {
    response.writeHead(401).end();
  }
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => process.exit(0));
