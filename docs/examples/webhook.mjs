// A subscriber to imagetx's notifications: a webhook that Pub/Sub pushes to. docs/events.md explains it.
// Run it: AUDIENCE=http://127.0.0.1:9000/ OIDC_ISSUERS=http://127.0.0.1:8124 \
//   OIDC_JWKS_URI=http://127.0.0.1:8124/oauth2/v3/certs node docs/examples/webhook.mjs
import { createServer } from 'node:http';
import { env } from 'node:process';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const audience = env.AUDIENCE ?? 'http://127.0.0.1:9000/';
const account = env.PUSH_ACCOUNT ?? 'img-events@local-dev.iam.gserviceaccount.com';
const issuer = (env.OIDC_ISSUERS ?? 'https://accounts.google.com,accounts.google.com').split(',');
const keys = createRemoteJWKSet(new URL(env.OIDC_JWKS_URI ?? 'https://www.googleapis.com/oauth2/v3/certs'));

/** Lets only Pub/Sub's own account in: signature, issuer, audience and account. */
async function verify({ headers }) {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] });
  if (payload.email !== account || payload.email_verified !== true) throw new Error('another account');
}

/** Called at least once for each event, in any order: whatever it does must be harmless when done twice. */
function handle({ bucketId, objectId }, object) {
  const { metadata = {} } = object;
  const source = metadata['source-name'];
  // Progress of imagetx itself: _uploads/ and _backfill/ in the records bucket.
  if (source === undefined) return;
  if (objectId.startsWith('_manifest/')) {
    if (metadata.state !== 'waiting') console.log(`settled ${source}: ${metadata.state}`);
  } else if (objectId.startsWith('_failed/')) console.log(`failed ${source}: ${metadata.code}`);
  else
    console.log(`made ${bucketId}/${objectId}: ${metadata.width} x ${metadata.height}, ${object.size} bytes`);
}

/** The last message ids: a repeated delivery is acknowledged and not handled again. */
const seen = new Set();

async function receive(req) {
  // Otherwise a character whose bytes come in two pieces would be lost.
  req.setEncoding('utf8');
  let body = '';
  for await (const chunk of req) {
    body += chunk;
    if (body.length > 1_000_000) throw new Error('too large');
  }
  const { message } = JSON.parse(body);
  if (seen.has(message.messageId)) return;
  handle(message.attributes, JSON.parse(Buffer.from(message.data, 'base64').toString()));
  seen.add(message.messageId);
  if (seen.size > 10_000) seen.delete(seen.values().next().value);
}

/** 204 acknowledges; any other status has Pub/Sub deliver the message again, after a growing pause. */
createServer(async (req, res) => {
  try {
    await verify(req);
  } catch {
    return res.writeHead(401).end();
  }
  try {
    await receive(req);
    res.writeHead(204).end();
  } catch (error) {
    console.error(error.message);
    res.writeHead(500).end();
  }
}).listen(Number(env.PORT ?? 9000), env.HOST ?? '127.0.0.1', () => console.log('listening'));
