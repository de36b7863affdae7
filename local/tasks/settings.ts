import { rpcError } from './refusal.ts';
import { fromMs, toMs, type WireTime } from './time.ts';
import type { WireQueue } from './wire.ts';

/** Rate and retries of a queue. `maxAttempts` includes the first attempt; -1 means no limit. */
export type QueueSettings = {
  readonly maxDispatchesPerSecond: number;
  readonly maxConcurrentDispatches: number;
  readonly maxAttempts: number;
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
};

export type Queue = QueueSettings & {
  readonly name: string;
  readonly paused: boolean;
  readonly purgedMs?: number | undefined;
};

/** Google's defaults for a queue without settings. */
export const defaultSettings: QueueSettings = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
};

type Where = { readonly group: 'rateLimits' | 'retryConfig'; readonly field: string; readonly range: Range };
type Range = readonly [min: number, max: number];

const wireFields: Record<keyof QueueSettings, Where> = {
  maxDispatchesPerSecond: { group: 'rateLimits', field: 'maxDispatchesPerSecond', range: [1e-9, 500] },
  maxConcurrentDispatches: { group: 'rateLimits', field: 'maxConcurrentDispatches', range: [1, 5000] },
  maxAttempts: { group: 'retryConfig', field: 'maxAttempts', range: [-1, 2 ** 31 - 1] },
  maxRetryDurationMs: { group: 'retryConfig', field: 'maxRetryDuration', range: [0, Infinity] },
  minBackoffMs: { group: 'retryConfig', field: 'minBackoff', range: [0, Infinity] },
  maxBackoffMs: { group: 'retryConfig', field: 'maxBackoff', range: [0, Infinity] },
  maxDoublings: { group: 'retryConfig', field: 'maxDoublings', range: [0, 2 ** 31 - 1] },
};
const settingNames = Object.keys(wireFields) as (keyof QueueSettings)[];

/** Google derives the burst from the rate and shows it; clients cannot set it. */
export function burstOf(settings: QueueSettings): number {
  return Math.max(10, Math.ceil(settings.maxDispatchesPerSecond / 5));
}

/**
 * Reads the settings of a queue from a request; unset fields come from `base`.
 * @param mask snake-case or camel-case paths to read. Default: every field that is set.
 */
export function readSettings(wire: WireQueue, base: QueueSettings, mask?: readonly string[]): QueueSettings {
  const pairs = settingNames
    .filter((name) => isMasked(wireFields[name], mask))
    .map((name) => [name, readOne(wire, name, base)]);
  const settings = { ...base, ...Object.fromEntries(pairs) } as QueueSettings;
  if (settings.maxBackoffMs < settings.minBackoffMs) {
    throw rpcError('INVALID_ARGUMENT', 'Queue.retryConfig.minBackoff must not exceed maxBackoff.');
  }
  return settings;
}

export function queueToWire(queue: Queue): WireQueue {
  const groups: Record<Where['group'], Record<string, unknown>> = { rateLimits: {}, retryConfig: {} };
  for (const name of settingNames) {
    const { group, field } = wireFields[name];
    groups[group][field] = name.endsWith('Ms') ? fromMs(queue[name]) : queue[name];
  }
  groups.rateLimits.maxBurstSize = burstOf(queue);
  const purgeTime = queue.purgedMs === undefined ? {} : { purgeTime: fromMs(queue.purgedMs) };
  return { name: queue.name, ...groups, state: queue.paused ? 'PAUSED' : 'RUNNING', ...purgeTime };
}

function isMasked({ group, field }: Where, mask?: readonly string[]): boolean {
  if (!mask || mask.length === 0) return true;
  const paths = mask.map((path) => path.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  return paths.includes(group) || paths.includes(`${group}.${field}`);
}

function readOne(wire: WireQueue, name: keyof QueueSettings, base: QueueSettings): number {
  const { group, field, range } = wireFields[name];
  const sent = (wire[group] as Record<string, unknown> | null | undefined)?.[field];
  // An unset scalar arrives as zero; Google also reads zero as "the default".
  if (sent === undefined || sent === null || sent === 0) return base[name];
  const value = name.endsWith('Ms') ? toMs(sent as WireTime) : Number(sent);
  if (value >= range[0] && value <= range[1]) return value;
  throw rpcError('INVALID_ARGUMENT', `Queue.${group}.${field} must be between ${range[0]} and ${range[1]}.`);
}
