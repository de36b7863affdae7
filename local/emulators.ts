import { join } from 'node:path';
import { developmentCertificates } from '../certs/make.ts';
import { startCdn } from './cdn/server.ts';
import { names, queuePath, type Urls } from './environment.ts';
import { startAllEvents } from './events/start_all.ts';
import { startTogether } from './kit/together.ts';
import { startOidc } from './oidc/start.ts';
import type { CloudOptions } from './options.ts';
import type { Ports } from './ports.ts';
import { root } from './services/services.ts';
import { startStorage } from './storage/server.ts';
import { startTasks } from './tasks/start.ts';

type Addresses = { readonly ports: Ports; readonly urls: Urls };

/** Less concurrency than in production, and shorter waits between attempts. */
const defaultQueue = { maxConcurrentDispatches: 8, maxAttempts: 8, maxBackoffMs: 10_000 };

/** Starts the emulators of Google's services, each with its state in the folder. */
export async function startEmulators(options: CloudOptions, { ports, urls }: Addresses) {
  const { dir } = options;
  const { ca, caFile, ...tls } = await developmentCertificates(options.certificates ?? join(root, 'certs'));
  const origin = startStorage({
    dir: join(dir, 'storage'),
    port: ports.storage,
    httpsPort: ports['storage-tls'],
    tls,
    buckets: Object.values(names.buckets),
    holdEvents: true,
  });
  const issuer = startOidc({ dir, port: ports.oidc });
  const bearer = async (claims: { audience: string; email: string }) => (await issuer).bearer(claims);
  const started = {
    storage: origin,
    oidc: issuer,
    cdn: startCdn({ origin: urls.storage, bucket: names.buckets.destination, port: ports.cdn, tls }),
    tasks: startTasks({
      dir,
      port: ports.tasks,
      mintToken: bearer,
      queue: (options.queues ?? names.queues).map((name) => ({
        name: queuePath(name),
        ...defaultQueue,
        ...options.queue,
      })),
      ...(options.tombstoneMs !== undefined && { tombstoneMs: options.tombstoneMs }),
    }),
    events: origin.then((storage) =>
      startAllEvents({
        dir,
        storage,
        bearer,
        fan: urls.fan,
        notify: options.notify,
        ...options.events,
      }),
    ),
  };
  return { ...(await startTogether(started)), ca, caFile };
}
