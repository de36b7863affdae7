import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { cpuPerRequest, inTurn } from './cpu.ts';
import { findWorkload, type Workload } from './kinds.ts';
import { load, type Shot } from './load.ts';
import { pictures } from './pictures.ts';
import { geometricMean, median, type ResultRow, type Section } from './report.ts';
import { type Server, startHttpServer } from './server.ts';

/** Small work, of which telemetry is a large share. */
const works = ['resize 300 small', 'convert jpeg to webp', 'resize 300', 'nextcloud pipeline'];
const distinct = 6;
const rounds = 11;
const requests = 40;
const starts = 11;
/** With telemetry there is more code to compile. */
const warmUps = 6;
const entry = 'convert_stream/main.ts';

/** A collector that accepts everything. */
async function startSink() {
  const server = createServer((req, res) => {
    req.resume().once('end', () => res.writeHead(200).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

type Environment = Readonly<Record<string, string>>;

const environment = (sink: string): Readonly<Record<'on' | 'off', Environment>> => {
  const common = { DOORS: 'onthefly', LOG_LEVEL: 'silent', REQUIRE_AUTH: 'false', CONVERSIONS: '2' };
  return {
    off: { ...common, TELEMETRY: 'none' },
    on: {
      ...common,
      TELEMETRY: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink,
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
    },
  };
};

async function shotsOf({ input, query }: Workload, url: string): Promise<Shot[]> {
  const all = await pictures(input, distinct);
  return Array.from({ length: requests }, (_, at) => ({
    method: 'POST',
    url: url + query,
    headers: { 'content-type': 'application/octet-stream' },
    body: all[at % all.length] ?? Buffer.alloc(0),
  }));
}

/** The ratio of CPU times: that of throughput where the CPU is the limit, independent of other load on the machine. */
async function cpuRow(kind: Workload, services: Readonly<Record<'on' | 'off', Server>>) {
  const shots = { on: await shotsOf(kind, services.on.url), off: await shotsOf(kind, services.off.url) };
  for (const side of ['on', 'off'] as const) await load(Array(warmUps).fill(shots[side]).flat(), 4);
  const { on, off } = await inTurn(rounds, {
    on: () => cpuPerRequest(services.on, shots.on, 4),
    off: () => cpuPerRequest(services.off, shots.off, 4),
  });
  const ratio = median(on.map((ms, at) => (off[at] ?? Number.NaN) / ms));
  return { work: kind.name, 'CPU ms on': median(on), 'CPU ms off': median(off), ratio };
}

/** Milliseconds from the start of the process until it logs that it listens. */
async function startMs(env: Environment): Promise<number> {
  const began = performance.now();
  const program = spawn(process.execPath, [entry], {
    env: { ...process.env, ...env, LOG_LEVEL: 'info', PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(program, 'exit');
  await once(createInterface({ input: program.stdout }), 'line');
  const ms = performance.now() - began;
  program.kill('SIGKILL');
  await ended;
  return ms;
}

/** The cost of telemetry: throughput with and without it, and the delay until a program listens. */
export async function telemetryCost(): Promise<Section> {
  const sink = await startSink();
  const env = environment(sink.url);
  const services = { on: await startHttpServer(entry, env.on), off: await startHttpServer(entry, env.off) };
  try {
    const rows: (ResultRow & { readonly ratio: number })[] = [];
    for (const name of works) rows.push(await cpuRow(findWorkload(name), services));
    const all = geometricMean(rows.map(({ ratio }) => ratio));
    const { on, off } = await inTurn(starts, { on: () => startMs(env.on), off: () => startMs(env.off) });
    const laterMs = median(on.map((ms, at) => ms - (off[at] ?? Number.NaN)));
    return {
      name: 'telemetry',
      rows: [
        ...rows,
        { work: 'geometric mean', ratio: all },
        {
          work: 'start until it listens, ms',
          'start on': median(on),
          'start off': median(off),
          later: laterMs,
        },
      ],
      targets: [
        { what: 'throughput with telemetry against without', value: all, bound: 0.97, is: 'at least' },
        { what: 'ms that a program with telemetry listens later', value: laterMs, bound: 30, is: 'at most' },
      ],
    };
  } finally {
    await Promise.all(Object.values(services).map((service) => service.stop()));
    sink.close();
  }
}
