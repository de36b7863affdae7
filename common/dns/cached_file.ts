import { readFile, stat } from 'node:fs/promises';

/** The parsed content of a small file. Reads the file again when it has changed; a missing file counts as empty. */
export function cachedFile<T>(file: string, parse: (text: string) => T): () => Promise<T> {
  let known: { readonly version: string; readonly value: T } | undefined;
  return async () => {
    const stats = await stat(file).catch(() => undefined);
    const version = stats ? `${stats.ino}-${stats.mtimeMs}-${stats.size}` : '';
    if (known?.version !== version) {
      const text = stats ? await readFile(file, 'utf8').catch(() => '') : '';
      known = { version, value: parse(text) };
    }
    return known.value;
  };
}
