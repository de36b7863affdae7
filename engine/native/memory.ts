/** What a process for foreign codecs may take: half of a container's memory, where that is less than `most` bytes. */
export const shareOfMemory = (most: number): number =>
  Math.min(most, (process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2);
