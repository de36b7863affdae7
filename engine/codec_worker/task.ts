import type { Frame } from './frame.ts';

/** One thing that a foreign codec does: facts and bytes in, facts and bytes out. @throws Problem. */
export type Task = (request: Frame) => Promise<Frame>;
