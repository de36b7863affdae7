import { afterEach, expect, test } from '@jest/globals';
import { startServer } from '../../cli/commands/serve/index.ts';
import type { RunningServer } from '../../common/server/listen.ts';
import { checkMetricsPort } from '../../common/telemetry/settings.ts';
import { png } from '../inline/setup.ts';
import { programOf } from '../support/program.ts';

const service = programOf('convert_stream/main.ts');
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** One line of Prometheus' text format: name, labels, value. */
function samplesOf(text: string) {
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] =
        /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return { name, labels, value: Number(value), line };
    });
}

const sampleOf = (text: string, name: string, label = '') =>
  samplesOf(text).find((sample) => sample.name === name && sample.labels.includes(label))?.value;

const metricsOf = async (url: string): Promise<string> => (await fetch(url)).text();

test('the service tells Prometheus what it converted, on a port of its own and in its format', async () => {
  const env = { PORT: '0', METRICS_PORT: '0', API_KEY: 'secret' };
  const { url, lines, program, exit } = await service.started(env);
  const placeOf = (): string | undefined =>
    lines.find(({ event }) => event === 'metrics')?.url as string | undefined;
  while (placeOf() === undefined) await new Promise((resolve) => setImmediate(resolve));
  const metrics = String(placeOf());
  const call = { method: 'POST', body: new Uint8Array(await png()), headers: { 'api-key': 'secret' } };
  expect((await fetch(`${url}/convert?type=webp`, call)).status).toBe(200);

  const answer = await fetch(metrics);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(samplesOf(text).filter(({ name }) => name === '')).toEqual([]);
  expect(sampleOf(text, 'imagetx_bytes_out_total', 'output="webp"')).toBeGreaterThan(20);
  expect(sampleOf(text, 'imagetx_conversion_ms_count', 'door="onthefly"')).toBe(1);
  expect(sampleOf(text, 'imagetx_line', 'state="running"')).toBe(0);

  // Neither of the ports has what belongs to the other.
  expect((await fetch(`${url}/metrics`, { headers: { 'api-key': 'secret' } })).status).toBe(404);
  expect((await fetch(metrics.replace('/metrics', '/form'))).status).toBe(404);
  program.kill('SIGTERM');
  expect((await exit).code).toBe(0);
});

test('the metrics cannot have the port of the service', () => {
  const ports = (port: number, metrics?: number) => () =>
    checkMetricsPort({ PORT: port, ...(metrics === undefined ? {} : { METRICS_PORT: metrics }) });
  expect(ports(8080, 8080)).toThrow('METRICS_PORT: expected another port than PORT, got 8080');
  for (const fine of [ports(8080, 9464), ports(8080), ports(0, 0)]) expect(fine).not.toThrow();
});

test('imagetx serve has the same port, and says why it has not', async () => {
  const said: string[] = [];
  const start = async (port: string): Promise<RunningServer> => {
    const env = { METRICS_PORT: port, HOST: '127.0.0.1' };
    const err = (text: string): void => void said.push(text);
    const server = await startServer(['-p', '0'], { env, out: () => {}, err });
    if (typeof server === 'number') throw new Error(said.join('\n'));
    running.push(server);
    return server;
  };
  const first = await start('0');
  const place = String(said.find((line) => line.startsWith('Metrics on'))?.replace('Metrics on ', ''));
  await (await fetch(`${first.url}/convert?type=png`, { method: 'POST', body: 'no picture' })).text();
  expect(sampleOf(await metricsOf(place), 'imagetx_failures_total', 'door="onthefly"')).toBe(1);
  expect(sampleOf(await metricsOf(place), 'imagetx_line', 'state="waiting"')).toBe(0);
  await start(new URL(place).port);
  expect(said.join('\n')).toMatch(/another program uses this port; set METRICS_PORT/);
});
