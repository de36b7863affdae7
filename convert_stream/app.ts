import express, { type ErrorRequestHandler, type Express } from 'express';
import { createObjectStore } from '../cloud/storage.ts';
import type { Log } from '../common/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import type { ConvertOptions } from '../engine/convert.ts';
import { createGate } from '../engine/gate.ts';
import { createIsolate } from '../engine/isolate.ts';
import { answerProblem } from './answer.ts';
import { createBuffered } from './buffered.ts';
import { inlineDoor } from './inline/index.ts';
import { note, requestLog } from './request_log.ts';
import type { ServeConfig } from './serve.ts';
import { receiveUpload } from './upload.ts';

const onProblem: ErrorRequestHandler = (error, req, res, _next) => {
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { code: problem.code, reason: problem.message, ...cause });
  answerProblem(req, res, problem);
};

/** Guards and routes, in the order in which they decide. */
export function createApp(config: ServeConfig, log: Log): Express {
  const gate = createGate({
    running: config.CONVERSIONS,
    waiting: config.CONVERSIONS * config.WAITING_PER_CONVERSION,
    waitMs: config.WAIT_MS,
  });
  const buffered = createBuffered(config.MAX_BUFFERED_BYTES);
  const convertOptions: ConvertOptions = {
    limits: config,
    isolate: createIsolate({ timeoutMs: config.CONVERSION_SECONDS * 1000 }),
    fetchImage: async () => {
      throw new Problem('unprocessable', 'image: the inline door fetches nothing');
    },
  };
  const { STORAGE_EMULATOR_HOST: endpoint } = config;
  const store = createObjectStore({
    projectId: config.PROJECT_ID ?? 'unnamed',
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const upload = { maxBytes: config.MAX_INPUT_BYTES, idleMs: config.UPLOAD_IDLE_MS, buffered };

  const app = express().disable('x-powered-by').disable('etag');
  app.use(requestLog(log, config.PROJECT_ID));
  if (config.DOORS.includes('inline')) {
    app.post('/convert', receiveUpload(upload), inlineDoor({ config, gate, convertOptions, store }));
    app.all('/convert', (req, res) => {
      res.setHeader('allow', 'POST');
      throw new Problem('method_not_allowed', `method: expected POST, got ${req.method}`);
    });
  }
  app.use((req) => {
    throw new Problem('not_found', `path: expected POST /convert, got ${req.method} ${req.path}`);
  });
  return app.use(onProblem);
}
