import { readFile } from 'node:fs/promises';
import { formatMatrix } from './formats.ts';
import { withSection } from './sections.ts';

/** README with its list of formats as the registry has it now. */
export const readmePage = async (): Promise<string> =>
  withSection(await readFile(new URL('../README.md', import.meta.url), 'utf8'), 'formats', formatMatrix());
