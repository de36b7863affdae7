import { data } from '../state/page_data.ts';
import type { Access } from './access.ts';
import type { Plan } from './plan.ts';

const escapeQuery = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** The plan with `sign`, where the service wants signatures and there is a key. */
export async function signPlan(plan: Plan, { signingKey }: Access): Promise<Plan> {
  if (!data.needs.signature || !signingKey) return plan;
  const encode = (text: string) => new TextEncoder().encode(text);
  const query = Object.entries(plan.query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${escapeQuery(name)}=${escapeQuery(value)}`)
    .join('&');
  const named = plan.path.startsWith('/images/') ? '?' : '';
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encode(signingKey), algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, encode(`${data.prefix}${plan.path}${named}${query}`));
  const sign = btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  return { ...plan, query: { ...plan.query, sign } };
}
