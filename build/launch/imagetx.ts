/**
 * Starts the service without arguments, a command by its name (`convert ...`), Imaginary's server by its flags (`-p 9000`).
 * Older manifests name this file first, as distroless wants it.
 */
import { tuneGcForMemory } from '../../common/gc.ts';
import { compileRegexesFast } from '../../common/start.ts';
import { runBundle } from './run_bundle.ts';

const { argv, env } = process;
if (argv[2] === 'main.cjs') argv.splice(2, 1);
if (argv[2]?.startsWith('-')) argv.splice(2, 0, 'serve');

function tuneService(): void {
  tuneGcForMemory();
  compileRegexesFast();
}

if (argv.length > 2) runBundle('command.cjs', tuneGcForMemory, env);
else runBundle('service.cjs', tuneService, env);
