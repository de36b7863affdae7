import type { EventsOptions } from './events/start.ts';
import type { Ports } from './ports.ts';
import type { ServiceName } from './services/services.ts';
import type { QueueSettings } from './tasks/settings.ts';

export type CloudOptions = {
  /** Folder of all state; a new start continues from it. One local cloud at a time. */
  readonly dir: string;
  /** `default` are the documented ports; an object replaces some of them. */
  readonly ports?: 'default' | 'random' | Partial<Ports>;
  /** Collects traces and metrics of the services and shows them on a page. */
  readonly trace?: boolean;
  /** False starts only the emulators, without our own services. */
  readonly services?: boolean;
  /** Entry files that replace those of the services. */
  readonly entries?: Partial<Record<ServiceName, string>>;
  /** More settings for the services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Restarts services that exit by themselves. */
  readonly isKept?: boolean;
  /** Receives messages for the terminal, one line each. */
  readonly onEvent?: (line: string) => void;
  /** Names of the queues that Fan spreads its tasks over. */
  readonly queues?: readonly string[];
  /** Settings of each queue. */
  readonly queue?: Partial<QueueSettings>;
  /** URL that receives the notifications of the destination and records buckets. */
  readonly notify?: string;
  readonly tombstoneMs?: number;
  readonly events?: Pick<EventsOptions, 'seed' | 'switches' | 'backoff' | 'maxInFlight'>;
  /** Folder of the development certificates. */
  readonly certificates?: string;
};
