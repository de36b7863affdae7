import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { png } from '../batch/support/pictures.ts';
import { inFolder } from '../support/folder.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) console.warn('skipped: tmux is not installed');
const rows = 10;
const outputs = 14;

/** The terminal after a command, with its history. */
async function shownBy(dir: string, command: string): Promise<readonly string[]> {
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-f', '/dev/null', '-S', join(dir, 'socket'), ...args], { encoding: 'utf8' });
  const whole = `echo before; ${command}; tmux wait-for -S over; cat`;
  tmux('new-session', '-d', '-x', '80', '-y', String(rows), whole);
  try {
    tmux('wait-for', 'over');
    return tmux('capture-pane', '-p', '-S', '-').trimEnd().split('\n');
  } finally {
    tmux('kill-server');
  }
}

const tested = hasTmux ? test : test.skip;

tested("a live view leaves the results in tmux's history, and none of its frames", () =>
  inFolder(async (dir) => {
    const lines = await shownBy(dir, `"${process.execPath}" test/cli/support/frames.ts ${outputs}`);
    expect(lines.filter((line) => line.includes('waiting') || line.includes(' of '))).toEqual([]);
    expect(lines).toHaveLength(1 + outputs + 1);
    expect([lines[0], lines.at(-1)]).toEqual(['before', `${outputs} done`]);
  }),
);

tested('the conversion of a folder leaves failures and a summary last, and nothing of its progress', () =>
  inFolder(async (dir) => {
    const picture = await png(300, 200);
    for (let index = 0; index < 26; index += 1)
      await writeFile(join(dir, `${index}.png`), index < 2 ? 'bad' : picture);
    // Characters of two cells.
    await writeFile(join(dir, `${'写真'.repeat(30)}.png`), picture);
    const lines = await shownBy(
      dir,
      `"${process.execPath}" cli/main.ts convert ${dir} -o ${dir}/out --format webp`,
    );
    const reason = 'image: expected a picture, got text';
    expect(lines.slice(0, -1).map((line) => line.replace(`${dir}/`, ''))).toEqual([
      'before',
      `✗ 0.png: ${reason}`,
      `✗ 1.png: ${reason}`,
    ]);
    expect(lines.at(-1)).toMatch(/^25 done, 2 failed \(.* kB\)/);
  }),
);
