import { type Agent, request } from 'undici';
import type { EventRequest } from './cloud_event.ts';

type PostOptions = {
  readonly target: string;
  readonly agent: Agent;
  readonly authorization: { readonly authorization: string } | undefined;
  readonly deadlineMs: number;
};

/** Posts the event. Resolves to whether the function answered with a 2xx. Never throws. */
export async function postEvent(
  event: EventRequest,
  { target, agent, authorization, deadlineMs }: PostOptions,
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
