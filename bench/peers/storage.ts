/** The local Cloud Storage in a process of its own, so that its CPU time is nobody else's. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStorage } from '../../local/storage/server.ts';

const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-bench-'));
await startStorage({ dir, port: Number(process.env.PORT), buckets: ['bench-dst'] });
