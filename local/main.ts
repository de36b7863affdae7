import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { tuneGcForThroughput } from '../common/gc.ts';
import { type Arguments, helpText, readArguments } from './arguments.ts';

// Everything heavy is imported after the cache is on.
enableCompileCache('.local/compile-cache');
tuneGcForThroughput();

/** Read early: it may end before this program has started everything. */
const parent = process.ppid;
const signals = ['SIGINT', 'SIGTERM'] as const;
// Output to a closed terminal fails; the servers must still stop in order.
process.stdout.on('error', () => {});
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const { isHelp, ...options } = readArguments(process.argv.slice(2));
  if (isHelp) say(helpText());
  else await run(options);
} catch (error) {
  const { Problem } = await import('../common/problem.ts');
  const { message, stack, syscall } = error as NodeJS.ErrnoException;
  const isPlain = error instanceof Problem || syscall !== undefined;
  say(isPlain ? `imagetx cannot start: ${message}` : String(stack));
  process.exit(1);
}

/** npm passes a signal only to the shell that runs this program, so this program watches for the end of that shell. */
function endWithParent(stop: () => Promise<void>): void {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void stop();
  }, 500);
}

async function run(options: Omit<Arguments, 'isHelp'>) {
  const [{ startLocalCloud }, { announce, refuseSecond, withdraw }, { here, welcome }, { addSample }] =
    await Promise.all([
      import('./cloud.ts'),
      import('./running_file.ts'),
      import('./welcome.ts'),
      import('./sample.ts'),
    ]);
  await refuseSecond(options.dir);
  const { presets, ...others } = options;
  const env = presets ? { PRESETS: presets } : {};
  const cloud = await startLocalCloud({ ...others, env, isKept: true, onEvent: say });
  for (const signal of signals) process.once(signal, stop);
  await addSample(cloud);
  await announce(cloud, process.pid);
  say(welcome(cloud, performance.now()));
  if (process.env.npm_lifecycle_event) endWithParent(stop);

  async function stop() {
    for (const signal of signals) process.once(signal, () => process.exit(1));
    say('\nstopping');
    await withdraw(options.dir);
    await cloud.close();
    say(`stopped; objects stay in ${here(join(options.dir, 'storage'))}`);
    process.exit(0);
  }
}
