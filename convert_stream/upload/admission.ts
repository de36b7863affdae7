import type { IncomingMessage } from 'node:http';
import { Problem } from '../../common/problem.ts';
import type { MemoryBudget } from './memory_budget.ts';
import type { Meter } from './meter.ts';

/** What a form must show before its file is taken. */
export interface Admission {
  /** Decides by the form's field `key`. @throws Problem. */
  readonly decide: (key: string) => void;
  /** Where the form's bytes are counted until then. */
  readonly keyless: MemoryBudget;
}

const held = new WeakMap<IncomingMessage, Admission>();

/** Has the form of this request show its key before its file. Call it before the form is read. */
export const holdForm = (req: IncomingMessage, admission: Admission): void => void held.set(req, admission);

export const admissionOf = (req: IncomingMessage): Admission | undefined => held.get(req);

/** How much of a form is taken before its key has come. */
export const mostKeylessBytes = 64 * 1024;

const noKey = (): Problem =>
  new Problem(
    'unauthorized',
    'Invalid or missing API key: expected it as header API-Key, in the query, or as field key before the file',
  );

export interface Door {
  /** Opens if the key that came lets it. @returns whether it is open. */
  open(key: string | undefined): boolean;
  readonly isOpen: () => boolean;
  /** There will be no key. */
  refuse(): void;
  /** The client has its answer, or has gone. */
  close(): void;
}

export interface DoorOptions {
  readonly meter: Meter;
  /** The key has to come within this time. */
  readonly withinMs: number;
  readonly fail: (problem: unknown) => void;
}

/** Stands in front of one form, from its first byte on. */
export function doorFor({ decide }: Admission, { meter, withinMs, fail }: DoorOptions): Door {
  let state: 'closed' | 'open' | 'refused' = 'closed';
  const refuse = (problem: unknown): void => {
    if (state !== 'closed') return;
    state = 'refused';
    clearTimeout(late);
    meter.stop();
    fail(problem);
  };
  const late = setTimeout(() => refuse(noKey()), withinMs);
  return {
    isOpen: () => state === 'open',
    refuse: () => refuse(noKey()),
    close: () => clearTimeout(late),
    open: (key) => {
      if (key === undefined || state !== 'closed') return state === 'open';
      try {
        decide(key);
        meter.admit();
        state = 'open';
        clearTimeout(late);
      } catch (problem) {
        refuse(problem);
      }
      return state === 'open';
    },
  };
}

/** What the parser of a form is written to. */
export type Parser = NodeJS.WritableStream & { destroy(): void };

/** Gives the parser the first bytes of a form by hand, and the rest once the door is open. */
export function feedHeld(req: IncomingMessage, parser: Parser, look: () => Door): void {
  let left = mostKeylessBytes;
  const end = (): void => void parser.end();
  const feed = (chunk: Buffer): void => {
    parser.write(chunk.subarray(0, left));
    const rest = chunk.subarray(left);
    left -= Math.min(left, chunk.length);
    const door = look();
    if (!door.isOpen() && rest.length === 0) return;
    req.off('data', feed).off('end', end);
    if (!door.isOpen()) return void door.refuse();
    if (rest.length > 0) parser.write(rest);
    req.pipe(parser);
  };
  req.on('data', feed).once('end', end);
}
