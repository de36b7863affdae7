/** The storage emulator in its own process, so that its CPU time is not counted. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStorage } from '../../local/storage/server.ts';

const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-bench-'));
await startStorage({ dir, port: Number(process.env.PORT), buckets: ['bench-dst'] });
