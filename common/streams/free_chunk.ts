/**
 * Frees the memory of a chunk that nobody reads any more, if the chunk has its memory for itself. V8 would keep it until
 * it collects garbage, and collects the whole heap for a few tens of megabytes of chunks. Node 20 has no `transfer`.
 */
export function freeChunk({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer?.(0);
}
