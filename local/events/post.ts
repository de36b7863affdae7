import { type Agent, request } from 'undici';
import type { EventRequest } from './cloud_event.ts';

type Way = {
  readonly target: string;
  readonly agent: Agent;
  readonly authorization: { readonly authorization: string } | undefined;
  readonly deadlineMs: number;
};

/** Posts the event; whether the function took it with a 2xx. Never throws. */
export async function post(
  event: EventRequest,
  { target, agent, authorization, deadlineMs }: Way,
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
    return answer.statusCode >= 200 && answer.statusCode < 300;
  } catch {
    return false;
  }
}
