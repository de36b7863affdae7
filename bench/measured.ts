/** Runs the entry file named by its first argument and answers `usage` messages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [entry, ...rest] = process.argv.slice(2);
if (entry === undefined) throw new Error('usage: measured.ts ENTRY [ARGS...]');
process.argv = [process.argv[0] ?? 'node', entry, ...rest];

/** Peak resident memory of this program. The system's figure includes the parent's memory at the fork. */
function peakMb(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, peakMb: peakMb() });
});

await import(path.resolve(entry));
