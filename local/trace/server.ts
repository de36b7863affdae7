import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { codingsIn, collectUnpacked } from '../../common/streams/unpack.ts';
import { closeServer, listenOn } from '../kit/listening.ts';
import { type MetricsRequest, seriesIn, spansIn, type TraceRequest } from './otlp.ts';
import { createTelemetryStore } from './seen.ts';

type Answer = { readonly status: number; readonly type: string; readonly body: string | Buffer };

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

const maxBytes = 64 * 1024 * 1024;
const tooLarge = (): Error => new Error(`body: expected at most ${maxBytes} bytes`);

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const codings = codingsIn(req.headers['content-encoding']);
  return JSON.parse(String(await collectUnpacked(req, { codings, maxBytes, tooLarge })));
}

const mimes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
};

/** The files of the page by their paths. */
async function readPage(): Promise<Readonly<Record<string, Answer>>> {
  const folder = join(import.meta.dirname, 'page');
  const answerOf = async (name: string): Promise<readonly [string, Answer]> => {
    const type = `${mimes[extname(name)]}; charset=utf-8`;
    const path = name === 'index.html' ? '/' : `/${name}`;
    return [path, { status: 200, type, body: await readFile(join(folder, name)) }];
  };
  return Object.fromEntries(await Promise.all((await readdir(folder)).map(answerOf)));
}

/** The query is for the page's script. */
const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/';

/** A small viewer for traces and metrics: receives OTLP over HTTP as JSON and shows it on a page. */
export async function startTrace({ port }: { readonly port: number }) {
  const seen = createTelemetryStore();
  const files = Object.entries(await readPage()).map(
    ([path, answer]) => [`GET ${path}`, () => answer] as const,
  );

  const routes: Readonly<Record<string, (req: IncomingMessage) => Answer | Promise<Answer>>> = {
    ...Object.fromEntries(files),
    'GET /data': () => json({ traces: seen.traces(), series: seen.series() }),
    'POST /v1/traces': async (req) => {
      seen.addSpans(spansIn((await bodyOf(req)) as TraceRequest));
      return json({});
    },
    'POST /v1/metrics': async (req) => {
      seen.addSeries(seriesIn((await bodyOf(req)) as MetricsRequest));
      return json({});
    },
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = routes[`${req.method} ${pathOf(req)}`] ?? (() => json({ message: 'not found' }, 404));
    const answer = await Promise.resolve(route(req)).catch(() =>
      json({ message: 'expected OTLP JSON' }, 400),
    );
    res.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
    res.end(answer.body);
  }

  const server = createServer((req, res) => void serve(req, res));
  const url = await listenOn(server, port, 'http');
  return { url, ...seen, close: () => closeServer(server) };
}
