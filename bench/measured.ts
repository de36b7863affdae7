/** Runs the entry file named by its first argument and answers `usage` messages. */
import path from 'node:path';

const [entry, ...rest] = process.argv.slice(2);
if (entry === undefined) throw new Error('usage: measured.ts ENTRY [ARGS...]');
process.argv = [process.argv[0] ?? 'node', entry, ...rest];

process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 });
});

await import(path.resolve(entry));
