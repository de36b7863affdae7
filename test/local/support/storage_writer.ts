import { createHash } from 'node:crypto';
import { startStorage } from '../../../local/storage/server.ts';

/** Overwrites seven objects without end, and prints a line for each acknowledged write. */
const [dir = ''] = process.argv.slice(2);
const server = await startStorage({ dir, port: 0, buckets: ['pictures'] });

for (let round = 0; ; round++) {
  const body = Buffer.alloc(1 + ((round * 37_813) % 300_000), `round ${round} `);
  const name = `object-${round % 7}`;
  const url = `${server.url}/upload/storage/v1/b/pictures/o?uploadType=media&name=${name}`;
  const response = await fetch(url, { method: 'POST', body });
  const { generation } = (await response.json()) as { generation: string };
  const md5Hash = createHash('md5').update(body).digest('base64');
  process.stdout.write(`${JSON.stringify({ name, generation: Number(generation), md5Hash })}\n`);
}
