import { firstLine, Problem } from '../common/problem.ts';
import { withoutTrailingSlash } from '../common/url.ts';

export interface RunService {
  readonly project: string;
  readonly location: string;
  readonly service: string;
  /** URL of the Cloud Run Admin API; an http URL gets no credentials. Default: Google. */
  readonly endpoint?: string;
  readonly timeoutMs?: number;
}

const google = 'https://run.googleapis.com';
const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

type Resource = {
  readonly template?: {
    readonly containers?: readonly { readonly env?: readonly { name?: string; value?: string }[] }[];
  };
};

async function authorization(endpoint: string): Promise<Readonly<Record<string, string>>> {
  if (endpoint.startsWith('http:')) return {};
  const { GoogleAuth } = await import('google-auth-library');
  const token = await new GoogleAuth({ scopes }).getAccessToken();
  return { authorization: `Bearer ${token}` };
}

async function resourceOf(place: RunService): Promise<Resource> {
  const { project, location, service, endpoint = google, timeoutMs = 5000 } = place;
  const path = ['projects', project, 'locations', location, 'services', service].map(encodeURIComponent);
  const url = `${withoutTrailingSlash(endpoint)}/v2/${path.join('/')}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { headers: await authorization(endpoint), signal });
  if (response.ok) return (await response.json()) as Resource;
  throw new Error(`Cloud Run answered ${response.status}`);
}

/**
 * Reads the environment of a service of Cloud Run, or of a function of the second generation. Needs the permission
 * run.services.get. @throws Problem `unprocessable` with the cause.
 */
export async function environmentOf(place: RunService): Promise<Readonly<Record<string, string>>> {
  try {
    const { template } = await resourceOf(place);
    const variables = template?.containers?.flatMap(({ env = [] }) => env) ?? [];
    return Object.fromEntries(
      variables.flatMap(({ name, value }) => (name && value !== undefined ? [[name, value]] : [])),
    );
  } catch (cause) {
    const title = `${place.service} in ${place.project}, ${place.location}`;
    const reason = firstLine(cause);
    throw new Problem('unprocessable', `the settings of ${title} cannot be read: ${reason}`, { cause });
  }
}
