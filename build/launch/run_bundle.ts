import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, getCompileCacheDir } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debuglog } from 'node:util';
import { constants, Script } from 'node:vm';

const wrapper = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const;
const debug = debuglog('launch');

type Environment = Readonly<Record<string, string | undefined>>;

/** The file of a bundle's code. The last line of a bundle is the hash of its source (build/bundle.ts). */
function codeFileOf(file: string, source: string, env: Environment): string | undefined {
  const hash = /\/\/ ([\da-f]+)\s*$/.exec(source.slice(-80))?.[1];
  const folder = env.NODE_COMPILE_CACHE ? getCompileCacheDir() : undefined;
  return hash && folder ? join(folder, `${basename(file)}-${hash}.code`) : undefined;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Writes a whole file or none. A folder that cannot be written is no fault: images are read-only. */
function write(file: string, data: Buffer): void {
  try {
    const part = `${file}.${process.pid}`;
    writeFileSync(part, data, { mode: 0o600 });
    renameSync(part, file);
  } catch (error) {
    debug('cannot write %s: %s', file, error);
  }
}

/**
 * Runs a CommonJS bundle that lies beside this one. Where `NODE_COMPILE_CACHE` is set, V8 takes the code of all functions that
 * an earlier run needed, and its first picture comes in two thirds of the time (docs/figures.md): Node's own
 * compile cache has only the functions that V8 compiles when it reads a file. `NODE_DEBUG=launch` tells what was done.
 * @param tune sets the flags of V8 that the bundle sets when it starts: code is accepted only under equal flags.
 */
export function runBundle(name: string, tune: () => void, env: Environment): void {
  tune();
  enableCompileCache();
  const filename = fileURLToPath(new URL(name, import.meta.url));
  // Inside a function the first line of a command, `#!`, would be no comment.
  const source = readFileSync(filename, 'utf8').replace(/^#!/, '//');
  const codeFile = codeFileOf(filename, source, env);
  const cachedData = codeFile && read(codeFile);
  const script = new Script(wrapper.join(source), {
    filename,
    columnOffset: -wrapper[0].length,
    ...(cachedData ? { cachedData } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const isAccepted = cachedData !== undefined && !script.cachedDataRejected;
  debug('%s: code of an earlier run %s', name, isAccepted ? 'accepted' : 'missing');
  const module = { exports: {} };
  const run = script.runInThisContext();
  run(module.exports, createRequire(filename), module, filename, join(filename, '..'));
  if (!codeFile || isAccepted) return;
  // Registered after the run: a program that restarts itself first leaves no code behind.
  process.once('exit', () => {
    tune();
    write(codeFile, script.createCachedData());
  });
}
