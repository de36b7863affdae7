import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { hidden, isSecretName, withoutSecrets } from '../secrets.ts';

/** An ended span in the form that the SDK's processors and exporters take, without its resource. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly ended: true;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: { name: string; time: HrTime; attributes?: Attributes }[];
  readonly instrumentationScope: { readonly name: string; readonly version?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export type Scope = EndedSpan['instrumentationScope'];

const nowMs = (): number => performance.timeOrigin + performance.now();
const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

/** Converts any form of time that the API takes to milliseconds since 1970. */
function millisecondsOf(time: TimeInput | undefined): number {
  if (time === undefined) return nowMs();
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6;
  const ms = Number(time);
  // The API also takes readings of performance.now().
  return ms < performance.timeOrigin ? performance.timeOrigin + ms : ms;
}

/** Longest text of an attribute. */
const maxCharacters = 8_192;
const cleanText = (text: string): string => withoutSecrets(text.slice(0, maxCharacters));

function cleanValue(value: AttributeValue): AttributeValue {
  if (typeof value === 'string') return cleanText(value);
  return Array.isArray(value)
    ? (value.map((one) => (typeof one === 'string' ? cleanText(one) : one)) as AttributeValue)
    : value;
}

/** Removes undefined attributes, and hides keys, signatures and tokens. */
function cleanAttributes(attributes: Attributes): Attributes {
  const clean: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) clean[name] = isSecretName(name) ? hidden : cleanValue(value);
  }
  return clean;
}

/** The API's Span. It records until it ends. */
export class RecordingSpan implements Span {
  readonly #identity: SpanContext;
  readonly #begin: { readonly ms: number; readonly kind: SpanKind; readonly parent: SpanContext | undefined };
  readonly #finish: (span: EndedSpan) => void;
  readonly #scope: Scope;
  readonly #links: Link[];
  readonly #events: EndedSpan['events'] = [];
  #name: string;
  #attributes: Attributes;
  #status: SpanStatus = { code: SpanStatusCode.UNSET };
  #isEnded = false;

  constructor(
    name: string,
    options: SpanOptions,
    made: {
      identity: SpanContext;
      parent: SpanContext | undefined;
      scope: Scope;
      onEnd: (span: EndedSpan) => void;
    },
  ) {
    this.#name = name;
    this.#identity = made.identity;
    this.#scope = made.scope;
    this.#finish = made.onEnd;
    this.#attributes = options.attributes ?? {};
    this.#links = [...(options.links ?? [])];
    this.#begin = {
      ms: millisecondsOf(options.startTime),
      kind: options.kind ?? SpanKind.INTERNAL,
      parent: made.parent,
    };
  }

  spanContext = (): SpanContext => this.#identity;
  isRecording = (): boolean => !this.#isEnded;

  setAttribute(name: string, value: AttributeValue): this {
    return this.setAttributes({ [name]: value });
  }

  setAttributes(attributes: Attributes): this {
    this.#attributes = { ...this.#attributes, ...attributes };
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const isTime =
      typeof attributesOrTime !== 'object' ||
      Array.isArray(attributesOrTime) ||
      attributesOrTime instanceof Date;
    const at = isTime ? (attributesOrTime as TimeInput | undefined) : time;
    const attributes = isTime ? undefined : cleanAttributes(attributesOrTime as Attributes);
    this.#events.push({ name, time: hrTime(millisecondsOf(at)), ...(attributes ? { attributes } : {}) });
    return this;
  }

  addLink(link: Link): this {
    this.#links.push(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#links.push(...links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.#status = status;
    return this;
  }

  updateName(name: string): this {
    this.#name = name;
    return this;
  }

  /** Records only the type: a message may quote a URL. */
  recordException(exception: Exception, time?: TimeInput): void {
    const type = typeof exception === 'object' && 'name' in exception ? exception.name : undefined;
    this.addEvent('exception', { 'exception.type': type }, time);
  }

  /** Later calls are ignored. */
  end(endTime?: TimeInput): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { ms: startMs, kind, parent } = this.#begin;
    const endMs = Math.max(startMs, millisecondsOf(endTime));
    this.#finish({
      name: cleanText(this.#name),
      kind,
      spanContext: this.spanContext,
      ...(parent && isSpanContextValid(parent) ? { parentSpanContext: parent } : {}),
      startTime: hrTime(startMs),
      endTime: hrTime(endMs),
      duration: hrTime(endMs - startMs),
      ended: true,
      status: this.#status,
      attributes: cleanAttributes(this.#attributes),
      links: this.#links,
      events: this.#events,
      instrumentationScope: this.#scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    });
  }
}
