import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import type { Outcome } from '../../cli/outputs/outcome.ts';
import { countCells, truncate } from '../../cli/report/cells.ts';
import { statusCommand } from '../../cli/report/interrupt.ts';
import { createLiveReport } from '../../cli/report/live.ts';
import { countRows, sizeText, type View, viewLines } from '../../cli/report/live_view.ts';

const done = (name: string): Outcome => ({
  name,
  state: 'done',
  url: `https://c/${name}`,
  bytes: 12_345,
  error: null,
});
const failed = (name: string, error: string): Outcome => ({
  name,
  state: 'failed',
  url: null,
  bytes: null,
  error,
});
const plain = (lines: readonly string[]) =>
  lines.map((line) => stripVTControlCharacters(line).replace(/ +/g, ' '));

const view: View = {
  uploads: new Map([
    ['half.png', { sent: 1_000_000, bytes: 2_000_000 }],
    ['whole.png', { sent: 10, bytes: 10 }],
  ]),
  outputs: new Map([
    ['a.jpg', done('a.jpg')],
    ['a.svg', failed('a.svg', 'it is broken')],
    ['a.webp', undefined],
  ]),
  tick: 0,
};

test('the view shows running uploads, and outputs that are done, failed or waiting', () => {
  expect(plain(viewLines(view, 100, 24))).toEqual([
    `half.png ${'█'.repeat(12)}${'░'.repeat(12)} 50 % 2.0 MB`,
    '✓ a.jpg 12.3 kB https://c/a.jpg',
    '✗ a.svg it is broken',
    '⠋ a.webp waiting',
    '2 of 3 outputs, 1 failed',
  ]);
});

test.each([
  ['写真写真写真写真写真写真写真写真写真', 20, '写真写真写真写真写…'],
  ['🐈🐈🐈', 5, '🐈🐈…'],
  ['cafe\u0301 au lait', 8, 'cafe\u0301 au…'],
  ['👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧…'],
  ['short', 5, 'short'],
])('a line is cut where its cells end: %s', (line, columns, cut) => {
  expect(truncate(line, columns)).toBe(cut);
  expect(countCells(cut)).toBeLessThanOrEqual(columns);
});

test('the view never takes more lines or columns than the terminal has', () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}-${'long'.repeat(20)}.jpg`);
  const many: View = {
    ...view,
    outputs: new Map(names.map((name, i) => [name, i < 100 ? done(name) : undefined])),
  };
  for (const [columns, rows] of [
    [80, 24],
    [20, 5],
    [10, 2],
  ] as const) {
    const lines = viewLines(many, columns, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
    expect(lines.at(-1)).toMatch(/^100 of/);
  }
});

test('names and reasons cannot control the terminal', () => {
  const outputs = new Map([['x', failed('\x1b[2Jx\r', 'a\x1b]0;title\x07\nb')]]);
  const [line = ''] = viewLines({ ...view, uploads: new Map(), outputs }, 100, 24);
  expect(line.replace(styleText('red', '✗'), '')).not.toMatch(/\p{Cc}/u);
});

function liveReport(terminal: { columns: number; rows: number }) {
  const written: string[] = [];
  const printed: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const world = { env: {}, out: (text: string) => void printed.push(text), err: () => {} };
  return { written, printed, report: createLiveReport(world, { ...terminal, write } as never) };
}

test('results come in order: what is done, what is awaited, what has failed and why, then a summary', () => {
  const { printed, report } = liveReport({ columns: 80, rows: 24 });
  report.expect(['b.jpg', 'w.jpg', 'a.jpg']);
  report.finish(failed('b.jpg', 'why'));
  report.finish({ ...failed('w.jpg', 'still waiting after 3 s'), state: 'waiting' });
  report.finish(done('a.jpg'));
  report.end();
  expect(plain(printed)).toEqual([
    '✓ a.jpg 12.3 kB https://c/a.jpg',
    '… w.jpg still waiting after 3 s',
    '✗ b.jpg why',
    '1 done, 1 still waiting, 1 failed',
  ]);
});

test('a frame is drawn over the one before, each line cleared by itself, the screen never as a whole', () => {
  jest.useFakeTimers();
  try {
    const { written, report } = liveReport({ columns: 80, rows: 24 });
    report.expect(['a.jpg', 'b.jpg']);
    jest.advanceTimersByTime(200);
    report.end();
    // Two outputs and the summary.
    const [, second = ''] = written;
    const lines = second.slice('\x1b[3A'.length).split('\n');
    expect(second.startsWith('\x1b[3A')).toBe(true);
    expect(lines.map((line) => line.startsWith('\r\x1b[K'))).toEqual([true, true, true, false]);
    expect(written.at(-1)).toBe(`\x1b[3A${'\r\x1b[K\n'.repeat(3)}\x1b[3A`);
    expect(written.join('')).not.toContain('\x1b[J');
  } finally {
    jest.useRealTimers();
  }
});

test('lines that a narrower terminal has broken in two are drawn over wholly', () => {
  expect(countRows(['x'.repeat(80), styleText('red', 'x'.repeat(40)), ''], 40)).toBe(4);
});

test.each([
  [['a.png'], "imagetx status 'gs://b/a.png'"],
  [["it's.png"], "imagetx status 'gs://b/it'\\''s.png'"],
  [['1', '2', '3', '4'], "imagetx status 'gs://b/1' 'gs://b/2' 'gs://b/3' ..."],
])('%j can be looked at again by %s', (names, command) => {
  expect(statusCommand('b', names)).toBe(command);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [123_456, '123 kB'],
  [99_940, '99.9 kB'],
  [5_250_000_000, '5.3 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
