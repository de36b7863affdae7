import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether `tool` is on the PATH; says why its test is skipped when it is not. */
export function isInstalled(tool: string, origin = 'package google-cloud-cli'): boolean {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
  if (!found) console.warn(`skipped: ${tool} is not on the PATH (${origin})`);
  return found;
}
