/** A protobuf Timestamp or Duration as it comes off the wire. */
export type WireTime = { readonly seconds?: unknown; readonly nanos?: number | null };

export function toMs(wire: WireTime): number {
  return Number(wire.seconds ?? 0) * 1000 + (wire.nanos ?? 0) / 1e6;
}

export function fromMs(ms: number): { seconds: string; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
