import type { IncomingMessage, ServerResponse } from 'node:http';

/** Goes on with the next handler, or fails with `error`. */
export type Next = (error?: unknown) => void;

/** Answers a request or calls `next`. It may throw, or return a promise that rejects. */
export type RequestHandler = (req: IncomingMessage, res: ServerResponse, next: Next) => unknown;

/** Answers a request that failed. */
export type FailureHandler = (error: unknown, req: IncomingMessage, res: ServerResponse) => void;

/** The path of a request's target, without the query. */
export const requestPath = ({ url = '/' }: IncomingMessage): string => {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
};

/** Runs handlers one after the other until one answers; a failure of any of them goes to `onFailure`. */
export function runHandlers(
  handlers: readonly RequestHandler[],
  onFailure: FailureHandler,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const fail = (error: unknown): void => onFailure(error, req, res);
    const step = (at: number): void => {
      let isDone = false;
      const next: Next = (error) => {
        if (isDone) return;
        isDone = true;
        if (error) fail(error);
        else step(at + 1);
      };
      try {
        const result = handlers[at]?.(req, res, next);
        if (result instanceof Promise) result.catch(next);
      } catch (error) {
        next(error);
      }
    };
    step(0);
  };
}
