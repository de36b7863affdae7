import type { EventsOptions } from './events/start.ts';
import type { Ports } from './ports.ts';
import type { ServiceName } from './services/services.ts';
import type { QueueSettings } from './tasks/settings.ts';

export type CloudOptions = {
  /** Folder of all state; what is in it goes on where it stopped. One local cloud at a time. */
  readonly dir: string;
  /** `default` are the documented ones; an object replaces some of them. */
  readonly ports?: 'default' | 'random' | Partial<Ports>;
  /** Collects traces and metrics of the services and shows them on a page. */
  readonly trace?: boolean;
  /** False leaves our own services out, so that only the stand-ins for Google run. */
  readonly services?: boolean;
  /** Other entry files than the services' own. */
  readonly entries?: Partial<Record<ServiceName, string>>;
  /** Settings of the services beyond those that point them here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Starts services that die again. */
  readonly isKept?: boolean;
  /** Told what a person at the terminal should know, a line each. */
  readonly onEvent?: (line: string) => void;
  readonly queue?: Partial<QueueSettings>;
  readonly tombstoneMs?: number;
  readonly events?: Pick<EventsOptions, 'seed' | 'switches' | 'backoff' | 'maxInFlight'>;
  /** Folder of the development certificates. */
  readonly certificates?: string;
};
