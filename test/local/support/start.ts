import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../local/main.ts', import.meta.url));

/** `npm start` in a process, in the folder `cwd`; resolves when it has printed its welcome, or has ended without. */
export async function npmStart(args: readonly string[], cwd?: string) {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = once(child, 'exit');
  const welcomed = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Ctrl-C')) resolve();
    });
  });
  await Promise.race([welcomed, ended]);
  return { child, ended, output: () => output };
}
