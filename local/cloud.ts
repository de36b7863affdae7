import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { planFields } from '../convert_batch/plan_fields.ts';
import { allocatorVariables } from '../engine/settings.ts';
import { startEmulators } from './emulators.ts';
import { names, serviceEnvironment, traceEnvironment, type Urls, urlsFor } from './environment.ts';
import { startTogether } from './kit/together.ts';
import type { CloudOptions } from './options.ts';
import { fixedPorts, type Ports, randomPorts } from './ports.ts';
import { createServiceProcess, type ServiceProcess } from './services/child.ts';
import { root, type ServiceName, serviceNames, services } from './services/services.ts';
import { startTrace } from './trace/server.ts';

/** Emulators of all Google services that imagetx uses, and the services of imagetx, on loopback. */
export type LocalCloud = Awaited<ReturnType<typeof startLocalCloud>>;

const compileCache = join(root, '.local', 'compile-cache');

export async function startLocalCloud(options: CloudOptions) {
  const ports = await choosePorts(options.ports);
  const urls = urlsFor(ports);
  await mkdir(join(options.dir, 'logs'), { recursive: true });
  const children = childrenFor(options, { ports, urls });
  // All at once: the services start slowest and need only the URLs.
  const { emulators, running, page } = await startTogether({
    page: startPage(options, ports),
    running: startChildren(options.services === false ? [] : Object.values(children)),
    emulators: startAll(options, { ports, urls }),
  });

  return {
    ...emulators.parts,
    /** The traces and metrics of the services, with the option `trace`. */
    viewer: page.viewer,
    dir: resolve(options.dir),
    ports,
    urls,
    buckets: names.buckets,
    /** The settings of the services that the command-line tool needs. */
    settings: { ...planSettings(options), ...serviceEnvironment(urls, options.queues) },
    services: children,
    /** Resolves when no event and no task is left. */
    async idle() {
      await emulators.parts.events.idle();
      await emulators.parts.tasks.idle();
      await emulators.parts.events.notifications?.idle();
    },
    /** The services drain first, while their emulators still run. */
    async close() {
      await running.close();
      await emulators.close();
      await page.close();
    },
  };
}

/** The settings of Fan that determine the outputs of an object. */
function planSettings({ env = {} }: CloudOptions): Readonly<Record<string, string>> {
  const all = { ...process.env, ...env };
  return Object.fromEntries(
    Object.keys({ ...planFields, DEST_PREFIX: '' }).flatMap((name) => (all[name] ? [[name, all[name]]] : [])),
  );
}

async function startPage({ trace }: CloudOptions, ports: Ports) {
  const page = trace ? await startTrace({ port: ports.trace }) : undefined;
  return { viewer: page, close: async () => await page?.close() };
}

async function startAll(options: CloudOptions, addresses: { ports: Ports; urls: Urls }) {
  const parts = await startEmulators(options, addresses);
  const { events, tasks, cdn, oidc, storage } = parts;
  return {
    parts,
    async close() {
      for (const part of [events, tasks, cdn, oidc, storage]) await part.close();
    },
  };
}

async function startChildren(children: readonly ServiceProcess[]) {
  const close = async () => void (await Promise.all(children.map((child) => child.stop())));
  try {
    await Promise.all(children.map((child) => child.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function childrenFor(options: CloudOptions, { ports, urls }: { ports: Ports; urls: Urls }) {
  const env = {
    ...allocatorVariables,
    ...process.env,
    GOOGLE_APPLICATION_CREDENTIALS: undefined,
    NODE_COMPILE_CACHE: compileCache,
    UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())),
    ...serviceEnvironment(urls, options.queues),
    ...(options.trace ? traceEnvironment(urls) : {}),
    ...options.env,
  };
  const made = serviceNames.map((name) => {
    const { entry, args, port, readyPath } = services[name];
    return createServiceProcess({
      name,
      args: args(resolve(root, options.entries?.[name] ?? entry)),
      env: { ...env, PORT: String(ports[port]) },
      port: ports[port],
      logFile: join(options.dir, 'logs', `${name}.log`),
      isKept: options.isKept ?? false,
      ...(readyPath !== undefined && { readyPath }),
      ...(options.onEvent && { onEvent: options.onEvent }),
    });
  });
  return Object.fromEntries(made.map((child) => [child.name, child])) as Record<ServiceName, ServiceProcess>;
}

function choosePorts(choice: CloudOptions['ports'] = 'default'): Promise<Ports> {
  if (choice === 'random') return randomPorts();
  return fixedPorts(choice === 'default' ? {} : choice);
}
