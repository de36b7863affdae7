import { writeSync } from 'node:fs';

/** Where lines of a log go. */
export interface LogDestination {
  write(line: string): void;
}

/** Lines of one turn up to this length are written together. */
const mostCharacters = 64 * 1024;
/** Beyond it, the process waits for its reader. */
const mostWaiting = 16 * 1024 * 1024;
const pauseMs = 5;
/** How long the exit of a process may wait for a reader that is behind. */
const exitPauses = 200;

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Waits without running other code. */
const pause = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);

/**
 * Writes lines to a file descriptor: those of one turn of the event loop together, because each write costs a system
 * call. The rest is written when the process exits, also by an uncaught error. A reader that is behind
 * holds up no request, as long as memory for its lines is left; when nobody reads any longer, lines are dropped.
 */
export function bufferedOutput(fd: number, write: typeof writeSync = writeSync): LogDestination {
  let waiting = Buffer.alloc(0);
  let text = '';
  let isPlanned = false;
  let isClosed = false;

  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      if (!flush()) setTimeout(plan, pauseMs).unref();
    });
  };
  /** @returns whether everything is written. */
  const flush = (): boolean => {
    if (text !== '') waiting = Buffer.concat([waiting, Buffer.from(text)]);
    text = '';
    try {
      while (waiting.length > 0 && !isClosed) waiting = waiting.subarray(write(fd, waiting));
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return false;
      isClosed = true;
    }
    if (isClosed) waiting = Buffer.alloc(0);
    return true;
  };
  process.on('exit', () => {
    for (let pauses = 0; !flush() && pauses < exitPauses; pauses += 1) pause();
  });
  return {
    write: (line) => {
      text += line;
      if (text.length >= mostCharacters) while (!flush() && waiting.length > mostWaiting) pause();
      plan();
    },
  };
}
