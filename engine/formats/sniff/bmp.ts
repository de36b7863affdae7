import { isBareBitmap, isHeaderSize } from '../rewrites/bmp_header.ts';
import { has } from './bytes.ts';

/** Whether this is a bitmap, with or without a file header, or an array of bitmaps of OS/2. */
export function isBmp(head: Buffer): boolean {
  const fileAt = has(head, 'BA') ? 14 : 0;
  if (has(head, 'BM', fileAt))
    return head.length > fileAt + 18 && isHeaderSize(head.readUInt32LE(fileAt + 14));
  return isBareBitmap(head);
}
