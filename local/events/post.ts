import { type Agent, request } from 'undici';
import type { EventRequest } from './cloud_event.ts';

type PostOptions = {
  readonly target: string;
  readonly agent: Agent;
  readonly authorization: { readonly authorization: string } | undefined;
  readonly deadlineMs: number;
  /** Whether an answer with this status acknowledges the event. */
  readonly isTaken: (status: number) => boolean;
};

/** Posts the event. Resolves to whether the receiver has taken it. Never throws. */
export async function postEvent(
  event: EventRequest,
  { target, agent, authorization, deadlineMs, isTaken }: PostOptions,
): Promise<boolean> {
  try {
    const answer = await request(new URL(event.path, target), {
      dispatcher: agent,
      method: 'POST',
      headers: { ...event.headers, ...authorization },
      body: event.body,
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    });
    await answer.body.dump();
    return isTaken(answer.statusCode);
  } catch {
    return false;
  }
}
