import sharp from 'sharp';

// One libvips thread a picture and a gate of as many pictures as cores: full throughput, least memory.
// Set explicitly: sharp raises it to the core count when it sees jemalloc or MALLOC_ARENA_MAX.
sharp.concurrency(1);
// Every request brings another picture, so libvips' cache of operations only holds memory.
sharp.cache(false);

export type { Metadata, Sharp, SharpOptions } from 'sharp';
export { sharp };
