import { AsyncLocalStorage } from 'node:async_hooks';
import { withoutSecrets } from '../log.ts';
import { asProblem } from '../problem.ts';
import type { Trace } from '../trace.ts';

/** A place in a trace. */
export type Place = Required<Trace>;
export type SpanKind = 'internal' | 'server' | 'producer' | 'consumer';
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One piece of work that is over. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly place: Place;
  readonly parent?: Trace;
  readonly links: readonly Place[];
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** The problem's code where it failed; never its message, which may quote a URL. */
  readonly failure?: string;
}

/** One piece of work under way. */
export interface Span {
  /** undefined where no telemetry is wanted. */
  readonly place: Place | undefined;
  readonly set: (attributes: Attributes) => void;
  /** Another trace that has to do with it. */
  readonly link: (other: Trace | undefined) => void;
  readonly fail: (code: string) => void;
  /** Only the first time counts. */
  readonly end: () => void;
}

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Where it hangs; the work that is under way here unless given, a new trace where there is none. */
  readonly parent?: Trace | undefined;
  /** Of a trace that begins here. */
  readonly traceId?: string;
  readonly attributes?: Attributes;
}

export interface Tracing {
  /** Share of new traces that are kept. */
  readonly ratio: number;
  /** So many random bytes in hexadecimal. */
  readonly hex: (bytes: number) => string;
  readonly take: (span: EndedSpan) => void;
}

const active = new AsyncLocalStorage<Span>();
let tracing: Tracing | undefined;

/** Turns tracing on, or off with undefined. */
export function traceWith(how: Tracing | undefined): void {
  tracing = how;
}

/** Where in a trace the code that asks runs; undefined outside of any span. */
export const currentPlace = (): Place | undefined => active.getStore()?.place;

const nothing: Span = { place: undefined, set: () => {}, link: () => {}, fail: () => {}, end: () => {} };

/** The span that the code that asks is part of. */
export const currentSpan = (): Span => active.getStore() ?? nothing;

/** The same trace is kept or not by whoever decides, and again at a repeat. */
const isKept = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-13), 16) < ratio * 16 ** 13;

function placeFor(parent: Trace | undefined, { ratio, hex }: Tracing, ownId?: string): Place {
  const traceId = parent?.traceId ?? ownId ?? hex(16);
  return { traceId, spanId: hex(8), isSampled: parent?.isSampled ?? isKept(traceId, ratio) };
}

const nowMs = (): number => performance.timeOrigin + performance.now();
const isPlace = (link: Trace | undefined): link is Place => link?.spanId !== undefined;

/** Only what looks like a URL or a header can hold a secret; most texts are names. */
const mayTell = /[?&;% ]/;

/** Only what is said, and no secret in any of it. */
function clean(attributes: Attributes): EndedSpan['attributes'] {
  const said: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    said[name] = typeof value === 'string' && mayTell.test(value) ? withoutSecrets(value) : value;
  }
  return said;
}

/** Begins a span that somebody ends. */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  const how = tracing;
  if (how === undefined) return nothing;
  const { kind = 'internal', parent = currentPlace() } = options;
  const place = placeFor(parent, how, options.traceId);
  const startMs = nowMs();
  let attributes: Attributes = options.attributes ?? {};
  const links: Place[] = [];
  let failure: string | undefined;
  let isOver = false;
  const end = (): void => {
    if (isOver || !place.isSampled) return;
    isOver = true;
    // Who takes spans may have changed since it began.
    tracing?.take({
      name,
      kind,
      place,
      ...(parent?.spanId ? { parent } : {}),
      links,
      startMs,
      endMs: nowMs(),
      attributes: clean(attributes),
      ...(failure ? { failure } : {}),
    });
  };
  return {
    place,
    set: (more) => {
      attributes = { ...attributes, ...more };
    },
    link: (other) => {
      if (isPlace(other)) links.push(other);
    },
    fail: (code) => {
      failure = code;
    },
    end,
  };
}

/** Runs code as part of a span: spans begun in it hang there. */
export const within = <T>(span: Span, work: () => T): T =>
  span.place === undefined ? work() : active.run(span, work);

/** Does work as a span of its own; what it throws is its failure. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, options);
  if (span.place === undefined) return await work(span);
  try {
    return await active.run(span, work, span);
  } catch (error) {
    span.fail(asProblem(error).code);
    throw error;
  } finally {
    span.end();
  }
}
