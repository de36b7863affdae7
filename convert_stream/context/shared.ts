import type { RequestHandler } from 'express';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { createGate, type Gate } from '../../common/gate.ts';
import { observeQueue } from '../../common/telemetry/queue_gauge.ts';
import { loadPresets, type Presets } from '../../engine/catalog.ts';
import type { ConvertOptions } from '../../engine/index.ts';
import { createGuards, type Guards } from '../guards/index.ts';
import type { ServeConfig } from '../settings/config.ts';
import { offersDirectUploads } from '../settings/direct.ts';
import { createMemoryBudget, type MemoryBudget } from '../upload/memory_budget.ts';
import type { BodyOptions } from '../upload/meter.ts';
import { receiveUpload } from '../upload/multipart.ts';
import { openCodecs } from './codecs.ts';

/** What both doors of a service share. */
export interface Shared {
  readonly gate: Gate;
  readonly store: ObjectStore;
  readonly codecs: ConvertOptions['codecs'];
  readonly guards: Guards;
  readonly upload: BodyOptions;
  readonly presets: Presets;
  /** The beginnings of forms whose clients have shown no key yet count against it. */
  readonly keyless: MemoryBudget;
  /** Reads multipart bodies. */
  readonly receive: RequestHandler;
}

/** In addition to MAX_BUFFERED_BYTES, so that clients with a key lose nothing. */
const keylessShare = 1 / 16;

/** @throws Problem for presets that cannot be read or have faults. */
export async function createShared(config: ServeConfig): Promise<Shared> {
  const { STORAGE_EMULATOR_HOST: endpoint } = config;
  const gate = createGate({
    running: config.CONVERSIONS,
    waiting: config.CONVERSIONS * config.WAITING_PER_CONVERSION,
    waitMs: config.WAIT_MS,
  });
  observeQueue(gate.load);
  const store = createObjectStore({
    projectId: config.PROJECT_ID ?? 'unnamed',
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const upload = {
    maxBytes: config.MAX_INPUT_BYTES,
    idleMs: config.UPLOAD_IDLE_MS,
    minRate: config.UPLOAD_MIN_RATE,
    budget: createMemoryBudget(config.MAX_BUFFERED_BYTES),
    isFull: gate.isFull,
    ...(offersDirectUploads(config)
      ? { largerWay: 'are uploaded directly: POST /uploads (docs/uploads.md)' }
      : {}),
  };
  return {
    gate,
    codecs: openCodecs(config),
    guards: createGuards(config),
    keyless: createMemoryBudget(Math.ceil(config.MAX_BUFFERED_BYTES * keylessShare)),
    store,
    upload,
    presets: await loadPresets(config.PRESETS, async (place) => {
      const { readText } = await import('../../cloud/read_text.ts');
      return await readText(place, store);
    }),
    receive: receiveUpload(upload),
  };
}
