import type { Gate } from '../../common/gate.ts';
import type { Presets } from '../../engine/catalog.ts';
import type { ConvertOptions, FetchImage } from '../../engine/index.ts';
import type { OnTheFlyConfig } from '../settings/onthefly.ts';
import type { MemoryBudget } from '../upload/memory_budget.ts';
import { createSingleFlight, type Flight, type SingleFlight } from './response/single_flight.ts';
import type { Keeper } from './results/keeper.ts';
import type { Ahead } from './sources/ahead.ts';
import type { FoundPicture, PictureSource } from './sources/source.ts';

/** A picture that can be sent to every client that waits for it. */
export interface PictureAnswer {
  readonly data: Buffer;
  readonly mime: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** Whether it was made for an earlier request. */
  readonly isKept?: true;
  /** Facts for the log. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What every image endpoint works with. */
export interface OnTheFlyContext {
  readonly config: OnTheFlyConfig;
  /** Changes with the settings that decide answers. */
  readonly settings: string;
  readonly convertOptions: Omit<ConvertOptions, 'fetchImage'>;
  readonly presets: Presets;
  /** Keeps answers, where RESULTS names a place. */
  readonly results?: Keeper;
  /** Fetches the pictures of watermarks. */
  readonly watermarks: (flight: Flight) => FetchImage;
  readonly budget: MemoryBudget;
  readonly gate: Gate;
  readonly ahead: Ahead;
  /** The first source that handles a request gives its picture. */
  readonly sources: readonly PictureSource[];
  /** Finds the picture of equal requests once. */
  readonly findOnce: SingleFlight<FoundPicture>;
  /** Makes the answer of equal requests once. */
  readonly makeOnce: SingleFlight<PictureAnswer>;
}

export const createContext = (parts: Omit<OnTheFlyContext, 'findOnce' | 'makeOnce'>): OnTheFlyContext => ({
  ...parts,
  findOnce: createSingleFlight(parts.budget),
  makeOnce: createSingleFlight(parts.budget),
});
