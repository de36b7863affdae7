/**
 * Loads with the first call, and answers each later call with the same promise, also after a failure. For what is
 * created at its first use, and for modules in hot paths: each `import()` takes 15 microseconds, even of a loaded module.
 */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
