/**
 * Runs a named task of a foreign codec (WebAssembly or native) in a worker that can be killed.
 * A crash or timeout rejects with Problem `unprocessable` and costs nothing else.
 */
export type Isolate = <Answer>(task: string, input: unknown) => Promise<Answer>;
