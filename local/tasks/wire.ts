import type { WireTime } from './time.ts';

type Time = WireTime | null;
type Struct = Readonly<Record<string, unknown>> | null;

/** Messages of google.cloud.tasks.v2 as proto-loader hands them over: camel case, enums by name. */
export type WireQueue = {
  readonly name?: string | null;
  readonly rateLimits?: Struct;
  readonly retryConfig?: Struct;
  readonly state?: string;
  readonly purgeTime?: Time;
};

export type WireRequest = {
  readonly url?: string | null;
  readonly httpMethod?: string | null;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly body?: Uint8Array | null;
  readonly oauthToken?: Struct;
  readonly oidcToken?: {
    readonly serviceAccountEmail?: string | null;
    readonly audience?: string | null;
  } | null;
};

export type WireTask = {
  readonly name?: string | null;
  readonly httpRequest?: WireRequest | null;
  readonly scheduleTime?: Time;
  readonly dispatchDeadline?: Time;
};

/** The parts of requests: a name or a parent, and fields of their own. */
export type Named = { readonly name?: string | null };
export type Parented = { readonly parent?: string | null };
export type Viewed = { readonly responseView?: unknown };
export type Paged = { readonly pageSize?: number | null; readonly pageToken?: string | null };
export type QueueRequest = { readonly queue?: WireQueue | null };
export type Masked = { readonly updateMask?: { readonly paths?: readonly string[] | null } | null };
export type TaskRequest = { readonly task?: WireTask | null };
