import { statSync } from 'node:fs';
import { once } from '../../common/once.ts';
import { Problem } from '../../common/problem.ts';
import type { BufferPool } from '../../common/streams/growing_buffer.ts';
import type { Limits } from '../../engine/catalog.ts';
import type { Shared } from '../context/shared.ts';
import { disabledNames } from '../guards/disabled.ts';
import type { ServeConfig } from '../settings/config.ts';
import type { DecidingConfig } from '../settings/deciding.ts';
import { type DirectConfig, offersDirectUploads } from '../settings/direct.ts';
import type { OnTheFlyConfig } from '../settings/onthefly.ts';
import { createBufferPool } from '../upload/buffer_pool.ts';
import { createContext, type OnTheFlyContext } from './context.ts';
import { createSingleFlight } from './response/single_flight.ts';
import type { Kept } from './results/open.ts';
import type { Original } from './results/originals.ts';
import { endpointSpecs } from './routes/endpoints.ts';
import { createRoute, prefixOf, type Route } from './routes/router.ts';
import { createAhead } from './sources/ahead.ts';
import { bodySource } from './sources/body.ts';
import { bucketOf, bucketSource } from './sources/bucket.ts';
import { remoteSource } from './sources/from_url.ts';
import { mountSource } from './sources/mount.ts';
import type { Remote } from './sources/remote/index.ts';
import { allowedOrigins } from './sources/remote/origins.ts';
import { allowedAddresses } from './sources/remote/ssrf.ts';
import type { PictureSource } from './sources/source.ts';
import { watermarkFetcher } from './sources/watermark.ts';

type Settings = OnTheFlyConfig &
  DirectConfig &
  Limits &
  DecidingConfig &
  Pick<ServeConfig, 'API_KEY' | 'CONVERSIONS' | 'WAITING_PER_CONVERSION' | 'WAIT_MS' | 'DOORS'>;

/** Larger buffers are not kept for the next body. */
const pooledBytes = 16 * 1024 * 1024;

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats?.isDirectory())
    throw new Problem('invalid_param', `error while mounting directory: ${folder} is not a directory`);
  if (/^\/+$/.test(folder))
    throw new Problem('invalid_param', 'cannot mount root directory for security reasons');
}

function openMount(mount: string, { store, upload }: Shared, pool: BufferPool): PictureSource {
  const { maxBytes } = upload;
  const bucket = bucketOf(mount);
  if (bucket) return bucketSource({ ...bucket, store, maxBytes, pool });
  checkFolder(mount);
  return mountSource(mount, { maxBytes, pool });
}

/** The first fetch loads undici. */
const lazyRemote = (config: OnTheFlyConfig, maxBytes: number): (() => Promise<Remote>) =>
  once(async () => {
    const { createRemote } = await import('./sources/remote/index.ts');
    return createRemote({ config, maxBytes });
  });

interface SourceParts extends Pick<Kept, 'originals'> {
  readonly pool: BufferPool;
  readonly remote: () => Promise<Remote>;
}

/** Where pictures come from, in the order in which they are asked. */
function openSources(
  config: Settings,
  shared: Shared,
  { pool, remote, originals }: SourceParts,
): readonly PictureSource[] {
  const { upload, receive } = shared;
  const findOnce = createSingleFlight<Original>(upload.budget);
  return [
    bodySource({ ...upload, receive, pool }),
    ...(config.MOUNT ? [openMount(config.MOUNT, shared, pool)] : []),
    ...(config.ENABLE_URL_SOURCE ? [remoteSource({ config, remote, originals, findOnce })] : []),
  ];
}

/**
 * Creates the endpoints of the on-the-fly door and their context.
 * @throws Problem `invalid_param` for settings that contradict each other.
 */
export function setUpDoor(
  config: Settings,
  shared: Shared,
  { settings, kept }: { readonly settings: string; readonly kept?: Kept },
): { readonly context: OnTheFlyContext; readonly route: Route } {
  allowedOrigins(config.ALLOWED_ORIGINS);
  allowedAddresses(config.ALLOWED_PRIVATE_NETWORKS);
  const remote = lazyRemote(config, shared.upload.maxBytes);
  const pool = createBufferPool({ most: 2 * config.CONVERSIONS, maxBytes: pooledBytes });
  const context = createContext({
    config,
    gate: shared.gate,
    ahead: createAhead({
      waiting: config.CONVERSIONS * config.WAITING_PER_CONVERSION,
      waitMs: config.WAIT_MS,
    }),
    convertOptions: {
      limits: { ...config, MAX_INPUT_MEGAPIXELS: config.MAX_ALLOWED_RESOLUTION },
      codecs: shared.codecs,
    },
    presets: shared.presets,
    settings,
    ...(kept ? { results: kept.results } : {}),
    watermarks: watermarkFetcher(remote),
    budget: shared.upload.budget,
    sources: openSources(config, shared, { pool, remote, ...kept }),
  });
  const prefix = prefixOf(config.PATH_PREFIX);
  const route = createRoute({
    context,
    prefix,
    hasInlineDoor: config.DOORS.includes('inline'),
    hasDirectUploads: offersDirectUploads(config),
    disabled: disabledNames(config.DISABLE_ENDPOINTS),
    needs: {
      key: Boolean(config.API_KEY) || config.API_KEYS.length > 0,
      signature: config.ENABLE_URL_SIGNATURE,
    },
    maxBytes: shared.upload.maxBytes,
    specs: endpointSpecs,
  });
  return { context, route };
}
