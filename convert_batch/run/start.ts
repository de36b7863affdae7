import type { RequestListener } from 'node:http';
import { createVerifier } from '../../cloud/identity.ts';
import { createObjectStore } from '../../cloud/storage.ts';
import { createGate } from '../../common/gate.ts';
import type { Log } from '../../common/log/log.ts';
import { Problem } from '../../common/problem.ts';
import { observeQueue } from '../../common/telemetry/queue_gauge.ts';
import { createCodecPool } from '../../engine/catalog.ts';
import { freeFile } from '../../engine/index.ts';
import { createApp } from './app.ts';
import type { ConverterConfig } from './config.ts';
import { createSharedSources } from './shared_sources.ts';

export type StartConfig = ConverterConfig & { readonly CONVERSIONS: number };

export interface Converter {
  readonly handler: RequestListener;
  close(): Promise<void>;
}

/** Sources that are kept for the next output of the same upload; as many as there are jobs. */
const maxKeptBytes = 8 * 1024 * 1024;
const keepMs = 2_000;

const verifierFor = (config: StartConfig) =>
  createVerifier({
    audience: config.RUN_AUDIENCE ?? config.RUN_URL,
    emails: config.SERVICE_ACCOUNT,
    issuers: config.OIDC_ISSUERS,
    jwksUri: config.OIDC_JWKS_URI,
    iamVerified: config.IAM_VERIFIED,
  });

/** Connects the converter with storage, the verifier and the worker pool. */
export function startConverter(config: StartConfig, log: Log): Converter {
  const { CONVERSIONS, WAIT_MS: waitMs, WAITING_PER_CONVERSION } = config;
  const codecs = createCodecPool({ workers: CONVERSIONS, timeoutMs: config.CONVERSION_SECONDS * 1000 });
  // While one job converts, another one on the same core reads or writes.
  const jobs = CONVERSIONS * 2;
  // The jobs bound its queue. A limit of its own would leave documents half of it, and refuse jobs that have a slot.
  const conversionSlots = createGate({ running: CONVERSIONS, waitMs: config.CONVERSION_SECONDS * 1000 });
  const jobSlots = createGate({ running: jobs, waiting: CONVERSIONS * WAITING_PER_CONVERSION, waitMs });
  observeQueue(jobSlots.load);
  const store = createObjectStore({
    projectId: config.PROJECT_ID,
    ...(config.STORAGE_EMULATOR_HOST ? { endpoint: config.STORAGE_EMULATOR_HOST } : {}),
  });
  const handler = createApp({
    config,
    log,
    store,
    readSource: createSharedSources({
      store,
      maxBytes: config.MAX_INPUT_BYTES,
      most: jobs,
      maxKeptBytes,
      keepMs,
      free: freeFile,
    }),
    verify: verifierFor(config),
    jobSlots,
    conversionSlots,
    convertOptions: {
      limits: config,
      codecs,
      decodeOnce: true,
      fetchImage: async () => {
        throw new Problem(
          'unprocessable',
          'image: expected no URL, got one; the batch door fetches no pictures',
        );
      },
    },
    now: () => new Date(),
  });
  return { handler, close: () => codecs.close() };
}
