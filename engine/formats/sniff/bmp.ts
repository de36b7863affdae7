import { isBareBitmap, isHeaderSize } from '../rewrites/bmp_header.ts';
import { has } from './bytes.ts';

/** A bitmap with or without the header of a file, or the first one of OS/2's arrays. */
export function isBmp(head: Buffer): boolean {
  const fileAt = has(head, 'BA') ? 14 : 0;
  if (has(head, 'BM', fileAt))
    return head.length > fileAt + 18 && isHeaderSize(head.readUInt32LE(fileAt + 14));
  return isBareBitmap(head);
}
