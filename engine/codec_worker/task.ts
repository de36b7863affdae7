import type { Message } from './message.ts';

/** One thing that a foreign codec does: details and bytes in, details and bytes out. @throws Problem. */
export type CodecTask = (request: Message) => Promise<Message>;

/** Whether WebAssembly trapped (a RuntimeError). After a trap, the memory of the codec cannot be trusted. */
export const isTrap = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'RuntimeError';
