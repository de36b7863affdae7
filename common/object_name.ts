import { Problem } from './problem.ts';

const maxBytes = 1024;
/** Top-level folders that are reserved for failure records, manifests and direct uploads. */
export const reservedFolders = ['_failed', '_manifest', '_uploads'] as const;

/** Unicode's category Cc. The regular expression `\p{Cc}` would cost the first request some milliseconds. */
const isControl = (text: string): boolean =>
  [...text].some((character) => character < ' ' || (character >= '\x7f' && character <= '\x9f'));

/** Why an output's name is refused, in the words after "got". The first rule that matches is reported. */
const rules: readonly (readonly [string, (name: string) => boolean])[] = [
  ['an empty name', (name) => name === ''],
  ['control characters', isControl],
  ['text that is not Unicode', (name) => !name.isWellFormed()],
  ['a leading slash', (name) => name.startsWith('/')],
  ['an empty folder or a trailing slash', (name) => name.split('/').includes('')],
  ['. or .. as a part', (name) => name.split('/').some((part) => part === '.' || part === '..')],
  ['a reserved folder', (name) => reservedFolders.some((folder) => name.split('/')[0] === folder)],
];

/** Longest part of a bad name that a message quotes. */
const shownCharacters = 80;
const shown = (name: string): string =>
  JSON.stringify(name.length > shownCharacters ? `${name.slice(0, shownCharacters)}...` : name);

const bad = (field: string, got: string): Problem =>
  new Problem(
    'invalid_param',
    `${field}: expected a name such as logo or folder/logo, at most ${maxBytes} bytes with its extension, got ${got}`,
  );

/**
 * Checks the name of an output. Folders are allowed; `..`, control characters, a leading slash and reserved folders
 * are not. `extension` counts towards the 1,024 bytes that Cloud Storage allows.
 * @throws Problem `invalid_param` that names the field.
 */
export function checkName(name: string, { field = 'name', extension = '' } = {}): string {
  const [rule] = rules.find(([, isBroken]) => isBroken(name)) ?? [];
  if (rule) throw bad(field, name === '' ? rule : `${shown(name)}: ${rule}`);
  const bytes = Buffer.byteLength(extension ? `${name}.${extension}` : name);
  if (bytes > maxBytes) throw bad(field, `${bytes} bytes`);
  return name;
}

/** Encodes an object's name as the path of a URL. */
export const urlPath = (name: string): string => name.split('/').map(encodeURIComponent).join('/');
