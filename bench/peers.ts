/**
 * `npm run bench -- peers`: the same work on other servers, in turn. ipx is installed and started by itself; others run
 * already: IMAGINARY_URL, IMGPROXY_URL, IPX_URL, each on the folder PEER_FOLDER, and IMAGINARY_PID and so on for CPU.
 * PEERS_WRITE=1 puts table and chart into docs/figures.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSection } from '../docs/sections.ts';
import { allocatorVariables } from '../engine/settings.ts';
import { inTurn } from './cpu.ts';
import { dialects } from './dialects.ts';
import { type Workload, workloads } from './kinds.ts';
import { load, type Shot } from './load.ts';
import { type ChartRow, drawChart } from './peer_chart.ts';
import { pictures } from './pictures.ts';
import { cpuMsOf } from './process_cpu.ts';
import { geometricMean, median, type ResultRow, type Section } from './report.ts';
import { startHttpServer } from './server.ts';

const root = join(import.meta.dirname, '..');
const rounds = Number(process.env.ROUNDS ?? 5);
const requests = 24;
const distinct = 6;
const ours = 'imagetx';

interface Peer {
  readonly name: string;
  readonly url: string;
  readonly pid: number | undefined;
  readonly path: (work: string, file: string) => string | undefined;
  readonly stop: () => Promise<void>;
}

const extensions: Readonly<Record<string, string>> = { png: 'png', alpha: 'png', webp: 'webp' };
const fileOf = ({ input }: Workload, at: number): string => `${input}-${at}.${extensions[input] ?? 'jpg'}`;

/** A folder with a file for every request of a round; the names differ, so that no server answers from a cache. */
async function fillFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const count = requests * (rounds + 1);
  for (const work of new Map(workloads.map((one) => [one.input, one])).values()) {
    if (existsSync(join(folder, fileOf(work, count - 1)))) continue;
    const all = await pictures(work.input, distinct);
    for (const [at, data] of all.entries()) await writeFile(join(folder, fileOf(work, at)), data);
    for (let at = distinct; at < count; at += 1)
      await link(join(folder, fileOf(work, at % distinct)), join(folder, fileOf(work, at)));
  }
}

async function startOurs(folder: string): Promise<Peer> {
  const env = { ...allocatorVariables, DOORS: 'onthefly', LOG_LEVEL: 'error', API_KEY: '', CONVERSIONS: '2' };
  const server = await startHttpServer('convert_stream/main.ts', { ...env, MOUNT: folder });
  const path = dialects.imaginary?.path ?? (() => undefined);
  return { name: ours, url: server.url, pid: server.process.pid, path, stop: server.stop };
}

/** Installs ipx from its own lock file and starts it; undefined, with a line, where that fails. */
async function startIpx(folder: string): Promise<Peer | undefined> {
  const home = join(root, 'bench/peers/ipx');
  try {
    if (!existsSync(join(home, 'node_modules/ipx')))
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: home, stdio: 'ignore' });
    const server = await startHttpServer(['bench/peers/ipx/server.mjs', folder], {}, '/');
    const path = dialects.ipx?.path ?? (() => undefined);
    return { name: 'ipx', url: server.url, pid: server.process.pid, path, stop: server.stop };
  } catch (error) {
    console.error(`skipped ipx: ${(error as Error).message}`);
    return undefined;
  }
}

/** The servers that the environment names. */
const running = (): readonly Peer[] =>
  Object.entries(dialects).flatMap(([name, { path, urlSetting, pidSetting }]) => {
    const url = process.env[urlSetting]?.replace(/\/$/, '');
    const pid = Number(process.env[pidSetting]) || undefined;
    return url ? [{ name, url, pid, path, stop: async () => {} }] : [];
  });

/** CPU in ms of a request, or wall time where the process is elsewhere; NaN when the server does not do this work. */
async function measure(peer: Peer, work: Workload, round: number): Promise<number> {
  const shots = Array.from({ length: requests }, (_, at): Shot => {
    const path = peer.path(work.name, fileOf(work, round * requests + at));
    return { method: 'GET', url: `${peer.url}${path}` };
  });
  if (peer.path(work.name, '') === undefined) return Number.NaN;
  const [before, began] = [cpuMsOf(peer.pid), performance.now()];
  const { statuses } = await load(shots, 4);
  if (statuses[200] !== shots.length) {
    console.error(`${peer.name}, ${work.name}: expected only 200s, got ${JSON.stringify(statuses)}`);
    return Number.NaN;
  }
  const spent = peer.pid === undefined ? performance.now() - began : cpuMsOf(peer.pid) - before;
  return spent / requests;
}

async function rowOf(work: Workload, peers: readonly Peer[]): Promise<ResultRow & { readonly work: string }> {
  for (const peer of peers) await measure(peer, work, 0);
  let round = 0;
  const figures = await inTurn(
    rounds,
    Object.fromEntries(
      peers.map((peer) => [peer.name, () => measure(peer, work, 1 + Math.floor(round++ / peers.length))]),
    ),
  );
  const middle = Object.fromEntries(peers.map(({ name }) => [name, median(figures[name] ?? [])]));
  return { work: work.name, ...middle };
}

const shown = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : 1));

/** The table, with the rows in which another server is faster. */
function tableOf(rows: readonly (ResultRow & { readonly work: string })[], names: readonly string[]): string {
  const others = names.filter((name) => name !== ours);
  const lines = rows.map((row) => {
    const mine = Number(row[ours]);
    const cells = names.map((name) => shown(Number(row[name])));
    const faster = others.filter((name) => Number(row[name]) < mine);
    return `| ${row.work} | ${cells.join(' | ')} | ${faster.map((name) => `${name} ${(mine / Number(row[name])).toFixed(2)} times`).join(', ')} |`;
  });
  const means = names.map((name) => {
    const ratios = rows
      .map((row) => Number(row[name]) / Number(row[ours]))
      .filter((one) => !Number.isNaN(one));
    return shown(geometricMean(ratios));
  });
  return [
    `| CPU ms a request | ${names.join(' | ')} | faster than ${ours} |`,
    `| --- |${names.map(() => ' --- |').join('')} --- |`,
    ...lines,
    `| geometric mean, ${ours} = 1 | ${means.join(' | ')} | |`,
  ].join('\n');
}

async function writeFigures(
  rows: readonly (ResultRow & { readonly work: string })[],
  names: readonly string[],
) {
  const page = join(root, 'docs/figures.md');
  const section = `\n${tableOf(rows, names)}\n\n![CPU per request of each server](pictures/peers.svg)\n`;
  await writeFile(page, withSection(await readFile(page, 'utf8'), 'peers', section));
  const chart = rows.map((row): ChartRow => {
    const times = names.map((name) => [name, Number(row[name]) / Number(row[ours])] as const);
    return { work: row.work, times: Object.fromEntries(times) };
  });
  await writeFile(join(root, 'docs/pictures/peers.svg'), drawChart(chart, names));
}

export async function comparePeers(): Promise<Section> {
  const given = process.env.PEER_FOLDER;
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'imagetx-peers-')));
  await fillFolder(folder);
  const named = running();
  const ipx = named.some(({ name }) => name === 'ipx') ? undefined : await startIpx(folder);
  const peers = [await startOurs(folder), ...named, ...(ipx ? [ipx] : [])];
  try {
    const rows: (ResultRow & { readonly work: string })[] = [];
    for (const work of workloads) rows.push(await rowOf(work, peers));
    if (process.env.PEERS_WRITE)
      await writeFigures(
        rows,
        peers.map(({ name }) => name),
      );
    return { name: 'peers', rows, targets: [] };
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    if (given === undefined) await rm(folder, { recursive: true });
  }
}
