const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);

/** An element's attributes; those that are undefined are left out. */
export const attributesOf = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escapeHtml(String(value))}"`]))
    .join('');

/** Types whose media type has another name. */
const mediaNames: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  jpe: 'jpeg',
  svg: 'svg+xml',
  tif: 'tiff',
};

/** The media type of a picture's type. */
export const mediaType = (type: string): string => `image/${mediaNames[type] ?? type}`;

/** The value of a `srcset`. */
export const srcsetOf = (urls: readonly string[], widths: readonly number[]): string =>
  urls.map((url, index) => `${url} ${widths[index]}w`).join(', ');

/** The style of a background: a colour, or a picture as a data URI. */
export const backgroundStyle = (background: string): string =>
  background.startsWith('data:')
    ? `background:url(${background}) center/cover no-repeat`
    : `background:${background}`;
