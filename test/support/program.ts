import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

type Env = Readonly<Record<string, string>>;

/** One of our programs, started as in production, with only `env` in its environment. Ends with the test. */
export function programOf(entry: string) {
  const file = fileURLToPath(new URL(`../../${entry}`, import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function run(env: Env) {
    const program = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(program);
    let stderr = '';
    program.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // Not 'exit': its output may still be in transit then.
    const exit = once(program, 'close').then(([code]) => ({ code: code as number, stderr }));
    return { program, exit };
  }

  /** Resolves to its URL and the lines of its log when the log says that it listens. */
  async function started(env: Env) {
    const { program, exit } = run(env);
    const lines: Record<string, unknown>[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: program.stdout }).on('line', (text) => {
        const line = JSON.parse(text);
        lines.push(line);
        if (line.event === 'listening') resolve(line.url);
      });
      exit.then(({ stderr }) => reject(new Error(stderr)));
    });
    return { program, exit, url, lines };
  }

  return { run, started };
}
