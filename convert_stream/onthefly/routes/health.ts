import { availableParallelism } from 'node:os';
import perf from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Bytes as megabytes with two decimals. */
const megabytes = (bytes: number): number => Math.round((bytes / 1024 / 1024) * 100) / 100;

let collections = 0;
new perf.PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

/** State of this process in Imaginary's terms: V8's heap for Go's, active resources for goroutines. */
export function readHealth() {
  const { heapUsed, heapTotal, rss, external } = process.memoryUsage();
  return {
    uptime: Math.floor(process.uptime()),
    allocatedMemory: megabytes(heapUsed + external),
    totalAllocatedMemory: megabytes(heapTotal + external),
    maxHeapUsage: megabytes(heapTotal),
    heapInUse: megabytes(heapUsed),
    OSMemoryObtained: megabytes(rss),
    goroutines: process.getActiveResourcesInfo().length,
    completedGCCycles: collections,
    cpus: availableParallelism(),
    objectsInUse: getHeapStatistics().number_of_native_contexts,
  };
}
