import { createHash } from 'node:crypto';

const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** The group of all results of a source: `file NAME` or `url URL`. */
export const groupOf = (source: string): string => hashOf('source', source);

/** The name of a result: of its source, and of everything else that decides it. */
export const resultName = (source: string, parts: readonly string[]): string =>
  `${groupOf(source)}/${hashOf('result', source, ...parts)}`;

/** The name of a kept original: under other settings its server may be forbidden, or answer another one. */
export const originalName = (source: string, settings: string): string =>
  `${groupOf(source)}/${hashOf('original', source, settings)}`;
