import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { closeServer, listenOn } from '../../local/kit/listening.ts';
import type { ShownSpan } from '../../local/trace/otlp.ts';
import { png } from '../batch/support/pictures.ts';
import { form } from '../inline/setup.ts';
import { type Pipeline, withPipeline } from './support/pipeline.ts';

const spansOf = ({ viewer }: Pipeline): readonly ShownSpan[] => viewer?.spans() ?? [];
const named = (spans: readonly ShownSpan[], name: string) => spans.filter((span) => span.name === name);
const below = (spans: readonly ShownSpan[], parent: ShownSpan) =>
  spans
    .filter(({ parentId }) => parentId === parent.spanId)
    .map(({ name }) => name)
    .sort();

const uploader = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${uploader.traceId}-${uploader.spanId}-01`;

test('an upload is one trace from its event to the write, through a retry and a repeated event', () =>
  withPipeline(
    async () => ({ trace: true }),
    async (pipeline) => {
      pipeline.events.switches.copies = [2, 2];
      pipeline.storage.faults.add({ method: 'POST', path: '/upload/.*imagetx-dst', status: 503, times: 3 });
      await pipeline.upload('logo.png', await png(), { name: '1', formats: 'jpg', traceparent });
      await pipeline.idle();
      await pipeline.ended();

      const spans = spansOf(pipeline);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const roots = named(spans, 'Fan');
      expect(roots).toHaveLength(2);
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect(spans.filter(({ parentId }) => !ids.has(parentId))).toEqual(roots);
      for (const root of roots) {
        expect(below(spans, root)).toEqual(['enqueue']);
        expect(root.links).toEqual([`${uploader.traceId}-${uploader.spanId}`]);
        expect(root.attributes).toMatchObject({ bucket: 'imagetx-src', name: 'logo.png' });
      }

      const tasks = named(spans, 'task').toSorted((a, b) => a.startMs - b.startMs);
      expect(tasks.map(({ attributes }) => attributes.attempt)).toEqual([1, 2]);
      expect(new Set(tasks.map(({ parentId }) => parentId)).size).toBe(1);
      expect(named(spans, 'enqueue').map(({ spanId }) => spanId)).toContain(tasks[0]?.parentId);
      for (const task of tasks) {
        expect(new Set(below(spans, task))).toEqual(
          new Set(['convert', 'read', 'storage.objects.get', 'write']),
        );
      }
      const callsIn = (name: string) => named(spans, name).flatMap((span) => below(spans, span));
      expect(new Set(callsIn('enqueue'))).toEqual(new Set(['task', 'tasks.create']));
      expect(new Set(callsIn('read'))).toEqual(new Set(['storage.objects.download']));
      expect(callsIn('write')).toContain('storage.objects.insert');
      expect(tasks.map(({ isError }) => isError)).toEqual([true, false]);
      const { '1.jpg': bytes } = await pipeline.outputs();
      expect(tasks[1]?.attributes).toMatchObject({
        event: 'converted',
        filetype: 'jpg',
        input: 'png',
        bytes,
      });

      const line = (await pipeline.lines('converter')).find(({ event }) => event === 'converted');
      expect(line).toMatchObject({
        severity: 'INFO',
        message: '1.jpg: converted',
        'logging.googleapis.com/trace': `projects/local-dev/traces/${tasks[1]?.traceId}`,
        'logging.googleapis.com/spanId': tasks[1]?.spanId,
        'logging.googleapis.com/trace_sampled': true,
        filetype: 'jpg',
        input: 'png',
        bytes,
        pixels: 24 * 16,
        retries: 1,
      });
      const counted = (pipeline.viewer?.series() ?? []).map(({ name, labels, value }) => [
        name,
        labels,
        value,
      ]);
      expect(counted).toContainEqual(['imagetx/retries', { door: 'batch' }, 1]);
      expect(counted).toContainEqual(['imagetx/failures', { door: 'batch', code: 'storage_unavailable' }, 1]);
    },
  ));

const key = 'a-key-that-nobody-may-see-0123456789';

/** A server of pictures, as the web has them. */
async function withPictures(work: (url: string) => Promise<void>): Promise<void> {
  const data = await png();
  const server = createServer((_req, res) => res.writeHead(200, { 'content-type': 'image/png' }).end(data));
  try {
    await work(await listenOn(server, 0, 'http'));
  } finally {
    await closeServer(server);
  }
}

test('requests are children of the span in their headers, and no span contains a key', () =>
  withPictures((pictures) =>
    withPipeline(
      async () => ({
        trace: true,
        env: { API_KEY: key, ENABLE_URL_SOURCE: 'true', ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8' },
      }),
      async (pipeline) => {
        const { inline } = pipeline.urls;
        const image = { data: await png(), name: 'x.png' };
        const posted = await fetch(`${inline}/convert`, {
          method: 'POST',
          body: form({ name: 'a', format: 'webp', key, image }),
          headers: { traceparent },
        });
        expect(posted.status).toBe(200);
        const decimal = BigInt(`0x${uploader.spanId}`);
        const source = encodeURIComponent(`${pictures}/x.png?X-Goog-Signature=${key}`);
        const got = await fetch(`${inline}/resize?width=9&key=${key}&url=${source}`, {
          headers: { 'x-cloud-trace-context': `${uploader.traceId}/${decimal};o=1` },
        });
        expect(got.status).toBe(200);
        await fetch(`${inline}/resize?width=0&key=${key}&url=http%3A%2F%2F127.0.0.1%3A1%2F%3Fsign%3D${key}`);
        await pipeline.ended();

        const spans = spansOf(pipeline);
        const ours = spans.filter(({ traceId }) => traceId === uploader.traceId);
        const servers = ours.filter(({ parentId }) => parentId === uploader.spanId);
        expect(servers.map(({ name }) => name)).toEqual(['POST /convert', 'GET /resize']);
        const [convert, resize] = servers;
        if (!convert || !resize) throw new Error('spans are missing');
        expect(below(spans, convert)).toEqual(['convert', 'write']);
        expect(below(spans, resize)).toEqual(['convert', 'fetch', 'read']);
        expect(spans.filter(({ isError }) => isError).map(({ name }) => name)).toContain('GET /resize');
        expect(JSON.stringify(spans)).not.toContain(key);
        expect(JSON.stringify(await pipeline.lines('inline'))).not.toContain(key);
      },
    ),
  ));
