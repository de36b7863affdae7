/** Whether WebAssembly ran into its own walls (its RuntimeError): its memory is broken from then on. */
export const isTrap = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'RuntimeError';
