import { data } from '../state/page_data.ts';

/** What the user has given for this tab. */
export interface Access {
  readonly key?: string;
  readonly signingKey?: string;
}

const place = 'imagetx access';

/** It is forgotten when the tab closes. */
export function readAccess(): Access {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Access;
  } catch {
    return {};
  }
}

export function keepAccess(access: Access): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(access));
  } catch {
    // Storage may be switched off: the page then knows the key until it is reloaded.
  }
}

export const lacksAccess = ({ key, signingKey }: Access): boolean =>
  (data.needs.key && !key) || (data.needs.signature && !signingKey);
