import { Problem } from '../../common/problem.ts';
import { type Command, defineCommand } from '../command.ts';
import { completedCommands } from '../completion/commands.ts';
import { shells } from '../completion/shells.ts';

/** `imagetx completion`, of these commands. */
export const completionOf = (commands: Readonly<Record<string, Command>>) =>
  defineCommand({}, async ({ positionals }, { out }) => {
    const [shell = '', ...more] = positionals;
    const script = Object.hasOwn(shells, shell) && more.length === 0 ? shells[shell] : undefined;
    if (!script) {
      const known = Object.keys(shells).join(', ');
      throw new Problem(
        'invalid_param',
        `SHELL: expected one of ${known}, got ${positionals.join(' ') || 'none'}`,
      );
    }
    out(script(await completedCommands(commands)));
    return 0;
  });
