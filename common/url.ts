/** A base URL to which a path that begins with a slash can be added. */
export const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, '');
