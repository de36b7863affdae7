import { data } from '../state/page_data.ts';
import type { Access } from './access.ts';
import { type Plan, targetOf } from './plan.ts';
import { signAddress } from './sign.ts';

/** Where the service takes the picture from: the body, its own sources, or the path. */
export type Input =
  | Readonly<Record<string, never>>
  | { readonly body: Blob }
  | { readonly file: string }
  | { readonly url: string };

export interface Answer {
  readonly blob: Blob;
  readonly headers: Headers;
  /** From the request to the last byte. */
  readonly ms: number;
}

/** A refusal of the service, or its silence. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly json?: string;
  /** Seconds after which the service wants to be asked again. */
  readonly retryAfter?: number;
}

export const isRefusal = (outcome: object): outcome is Refusal => 'message' in outcome;

const planWith = ({ path, query }: Plan, input: Input): Plan =>
  'body' in input ? { path, query } : { path, query: { ...input, ...query } };

/** The address of a request, signed where the service wants that. */
export const addressOfPlan = async (plan: Plan, input: Input, access: Access): Promise<string> =>
  await signAddress(targetOf(data.prefix, planWith(plan, input)), access);

async function readRefusal(response: Response): Promise<Refusal> {
  // A service with a placeholder answers with a picture, and says in a header why.
  const text = response.headers.get('error') ?? (await response.text());
  const seconds = Number(response.headers.get('retry-after'));
  const base = { status: response.status, ...(seconds > 0 ? { retryAfter: seconds } : {}) };
  try {
    const { message, error } = JSON.parse(text) as { message?: string; error?: string };
    return { ...base, message: message ?? error ?? text, json: text };
  } catch {
    return { ...base, message: text.trim() || response.statusText };
  }
}

/** What browsers accept for a picture of a page, so that `type=auto` chooses as it does there. */
const accepted = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

/** After its silence the service is asked again. */
const silenceSeconds = 4;

/** Sends a request. @throws only when `signal` ends it. */
export async function send(
  plan: Plan,
  input: Input,
  { access, signal }: { readonly access: Access; readonly signal: AbortSignal },
): Promise<Answer | Refusal> {
  const startMs = performance.now();
  try {
    const response = await fetch(await addressOfPlan(plan, input, access), {
      method: 'body' in input ? 'POST' : 'GET',
      ...('body' in input ? { body: input.body } : {}),
      headers: { accept: accepted, ...(access.key ? { 'API-Key': access.key } : {}) },
      signal,
    });
    if (!response.ok || response.headers.has('error')) return await readRefusal(response);
    const blob = await response.blob();
    return { blob, headers: response.headers, ms: performance.now() - startMs };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: 0, message: 'The service does not answer.', retryAfter: silenceSeconds };
  }
}
