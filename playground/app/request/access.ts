import { data } from '../state/page_data.ts';

/** What the user has given for this tab. */
export interface Access {
  readonly key?: string;
  readonly signingKey?: string;
}

const place = 'imagetx access';

/** The API key is forgotten when the tab closes; browsers may write it to the disk until then. */
export function readAccess(): Access {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '{}') as Access;
  } catch {
    return {};
  }
}

/** A signing key stays in the memory of the page: it allows everything, for ever, and is never sent. */
export function keepAccess({ key }: Access): void {
  try {
    sessionStorage.setItem(place, JSON.stringify({ key }));
  } catch {
    // Storage may be switched off: the page then knows the key until it is reloaded.
  }
}

export const lacksAccess = ({ key, signingKey }: Access): boolean =>
  (data.needs.key && !key) || (data.needs.signature && !signingKey);
