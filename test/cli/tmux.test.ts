import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inFolder } from '../support/folder.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) console.warn('skipped: tmux is not installed');
const rows = 10;
const outputs = 14;

(hasTmux ? test : test.skip)("a live view leaves the results in tmux's history, and none of its frames", () =>
  inFolder(async (dir) => {
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-f', '/dev/null', '-S', join(dir, 'socket'), ...args], { encoding: 'utf8' });
    const command = `"${process.execPath}" test/cli/support/frames.ts ${outputs}; tmux wait-for -S over; cat`;
    tmux('new-session', '-d', '-x', '80', '-y', String(rows), command);
    try {
      tmux('wait-for', 'over');
      const lines = tmux('capture-pane', '-p', '-S', '-').trimEnd().split('\n');
      expect(lines.filter((line) => line.includes('waiting') || line.includes(' of '))).toEqual([]);
      expect(lines).toHaveLength(outputs + 1);
      expect(lines.at(-1)).toBe(`${outputs} done`);
    } finally {
      tmux('kill-server');
    }
  }),
);
