import type { IncomingMessage } from 'node:http';
import { Problem } from '../../common/problem.ts';
import type { MemoryBudget } from './memory_budget.ts';
import type { Meter } from './meter.ts';

/** The check that a form must pass before its file is read. */
export interface Admission {
  /** Checks the form's field `key`. @throws Problem. */
  readonly checkKey: (key: string) => void;
  /** The form's bytes count against it until then. */
  readonly keyless: MemoryBudget;
}

const held = new WeakMap<IncomingMessage, Admission>();

/** Makes the form of this request show its key before its file. Call it before the form is read. */
export const holdForm = (req: IncomingMessage, admission: Admission): void => void held.set(req, admission);

export const admissionOf = (req: IncomingMessage): Admission | undefined => held.get(req);

/** Most bytes of a form that are read before its key. */
const maxKeylessBytes = 64 * 1024;

const noKey = (): Problem =>
  new Problem(
    'unauthorized',
    'Invalid or missing API key: expected it as header API-Key, in the query, or as field key before the file',
  );

/** The check of one form, from its first byte on. */
export interface KeyCheck {
  /** Checks the key, where it has arrived. @returns whether the form is admitted. */
  check(key: string | undefined): boolean;
  readonly isAdmitted: () => boolean;
  /** Refuses the form: it has no key. */
  refuse(): void;
  /** Ends the wait for the key. */
  close(): void;
}

export interface KeyCheckOptions {
  readonly meter: Meter;
  /** Longest wait for the key. */
  readonly withinMs: number;
  readonly fail: (problem: unknown) => void;
}

export function createKeyCheck(
  { checkKey }: Admission,
  { meter, withinMs, fail }: KeyCheckOptions,
): KeyCheck {
  let state: 'waiting' | 'admitted' | 'refused' = 'waiting';
  const refuse = (problem: unknown): void => {
    if (state !== 'waiting') return;
    state = 'refused';
    clearTimeout(late);
    meter.stop();
    fail(problem);
  };
  const late = setTimeout(() => refuse(noKey()), withinMs);
  return {
    isAdmitted: () => state === 'admitted',
    refuse: () => refuse(noKey()),
    close: () => clearTimeout(late),
    check: (key) => {
      if (key === undefined || state !== 'waiting') return state === 'admitted';
      try {
        checkKey(key);
        meter.admit();
        state = 'admitted';
        clearTimeout(late);
      } catch (problem) {
        refuse(problem);
      }
      return state === 'admitted';
    },
  };
}

/** The parser that a form is written to. */
export type Parser = NodeJS.WritableStream & { destroy(): void };

/** Writes the first bytes of a form to the parser, and pipes the rest once the form is admitted. */
export function feedHeld(req: IncomingMessage, parser: Parser, checkSoFar: () => KeyCheck): void {
  let left = maxKeylessBytes;
  const end = (): void => void parser.end();
  const feed = (chunk: Buffer): void => {
    parser.write(chunk.subarray(0, left));
    const rest = chunk.subarray(left);
    left -= Math.min(left, chunk.length);
    const keyCheck = checkSoFar();
    if (!keyCheck.isAdmitted() && rest.length === 0) return;
    req.off('data', feed).off('end', end);
    if (!keyCheck.isAdmitted()) return void keyCheck.refuse();
    if (rest.length > 0) parser.write(rest);
    req.pipe(parser);
  };
  req.on('data', feed).once('end', end);
}
