/**
 * Loads with the first call, and answers each later call with the same promise. For modules in hot paths: each
 * `import()` of a module takes 15 microseconds, even if it is loaded.
 */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
