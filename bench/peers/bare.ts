/** The lower bound: node:http, the body in one buffer, one call of sharp, the response. A header names the work. */
import http from 'node:http';
import sharp from 'sharp';
import { findWorkload } from '../kinds.ts';

sharp.concurrency(1);
sharp.cache(false);

async function body(request: http.IncomingMessage): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(Number(request.headers['content-length']));
  let at = 0;
  for await (const chunk of request) at += (chunk as Buffer).copy(whole, at);
  return whole;
}

/** The same concurrency as the service's gate. */
const places = Number(process.env.CONVERSIONS ?? 2);
const line: (() => void)[] = [];
let running = 0;
async function enter(): Promise<void> {
  if (running < places) running += 1;
  else await new Promise<void>((resolve) => line.push(resolve));
}
function leave(): void {
  const next = line.shift();
  if (next) next();
  else running -= 1;
}

http
  .createServer(async (request, response) => {
    if (request.method === 'GET') return response.end();
    const kind = findWorkload(String(request.headers['x-kind']));
    const input = await body(request);
    await enter();
    try {
      const data = await kind.raw(sharp(input, { failOn: 'none', limitInputPixels: false })).toBuffer();
      response.writeHead(200, { 'content-type': kind.mime, 'content-length': data.length });
      return response.end(data);
    } finally {
      leave();
    }
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
