/**
 * Frees the memory of a chunk that nobody reads any more, if the chunk has its memory for itself. V8 would keep it
 * until it collects garbage, and collects the whole heap for a few tens of megabytes of chunks. A chunk that has been
 * freed, which has no bytes, stays as it is. Node 20 has no `transfer`.
 */
export function freeChunk({ buffer, byteLength }: Uint8Array): void {
  const isWhole = byteLength > 0 && buffer.byteLength === byteLength;
  if (isWhole && buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}
