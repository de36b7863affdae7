import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

type Imports = Record<string, Record<string, never>>;

/** WebAssembly as a value; the types of Node have it only as a type. */
const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(code: Buffer): Promise<WebAssembly.Module>;
    readonly Instance: new (
      module: WebAssembly.Module,
      imports: Imports,
    ) => { readonly exports: Record<string, never> };
  };
};

/** Compiles a WebAssembly file of a package. */
export const compileWasm = async (file: string): Promise<WebAssembly.Module> =>
  await engine.compile(await readFile(createRequire(import.meta.url).resolve(file)));

/** A new instance with new memory. */
export const startWasm = (module: WebAssembly.Module, imports: Imports) =>
  new engine.Instance(module, imports);
