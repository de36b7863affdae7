import { expect, test } from '@jest/globals';
import { programOf } from '../support/program.ts';

const { started } = programOf('test/common/fixtures/busy_program.ts');
const canReplace = process.platform === 'linux' && process.execve !== undefined;

test.each(['SIGTERM', 'SIGINT'] as const)(
  'at %s a program ends with 0 and with its log written, whatever native code is still working on',
  async (signal) => {
    if (!canReplace) return void process.stderr.write('skipped: this system replaces no process\n');
    const { program, exit, lines } = await started({});
    program.kill(signal);
    expect(await exit).toMatchObject({ code: 0, stderr: '' });
    expect(lines.map(({ event }) => event)).toEqual(['listening', 'ended']);
  },
);
