/** The result of one peer. */
export interface PeerCell {
  readonly peer: string;
  readonly size?: string;
  /** Mean difference to our pixels; absent if the sizes differ or either side refused. */
  readonly difference?: number;
}

export interface FileRow {
  readonly file: string;
  readonly format: string;
  /** Our size; absent if the engine refused. */
  readonly size?: string;
  readonly problem?: string;
  readonly peers: readonly PeerCell[];
}

/** agrees: at least one peer shows the same picture. */
export type Agreement = 'agrees' | 'differs' | 'only peers open it' | 'only we open it' | 'refused by all';

/** The verdict on a row; `above` is the mean difference from which two pictures differ. */
export function judgeRow({ size, peers }: FileRow, above: number): Agreement {
  const opened = peers.filter((cell) => cell.size !== undefined);
  if (size === undefined) return opened.length > 0 ? 'only peers open it' : 'refused by all';
  if (opened.length === 0) return 'only we open it';
  return opened.some(({ difference = Number.POSITIVE_INFINITY }) => difference <= above)
    ? 'agrees'
    : 'differs';
}

/** Whether any peer shows another picture, or only peers open the file. */
export const isOutlier = (row: FileRow, above: number): boolean =>
  judgeRow(row, above) === 'only peers open it' ||
  (row.size !== undefined &&
    row.peers.some(
      ({ size, difference = Number.POSITIVE_INFINITY }) => size !== undefined && difference > above,
    ));

function cellText({ size, difference }: PeerCell, ours: string | undefined): string {
  if (size === undefined) return 'refused';
  if (difference !== undefined) return difference.toFixed(1);
  return ours === undefined ? size : `${size}!`;
}

/** The table as tab-separated text. The cell of a peer is the mean difference, or its size if that differs. */
export function tableOf(rows: readonly FileRow[], peers: readonly string[], above: number): string {
  const head = ['file', 'format', 'verdict', 'our size', ...peers, 'why we refuse'];
  const lines = rows.map((row) => [
    row.file,
    row.format,
    judgeRow(row, above),
    row.size ?? 'refused',
    ...peers.map((name) => {
      const cell = row.peers.find(({ peer }) => peer === name);
      return cell ? cellText(cell, row.size) : '';
    }),
    row.problem ?? '',
  ]);
  return `${[head, ...lines].map((cells) => cells.join('\t').replaceAll('\n', ' ')).join('\n')}\n`;
}
