import type { FormatData } from '../../data.ts';
import { data } from '../state/page_data.ts';

/** The format of a media type. An unknown one is named by its second half. */
export function formatOf(mime: string): Pick<FormatData, 'name' | 'extension' | 'lossy'> {
  const [plain = ''] = mime.split(';');
  const found =
    data.formats.find((one) => one.mime === plain && one.writes) ??
    data.formats.find((one) => one.mime === plain);
  const name = plain.replace(/^[^/]*\//, '') || 'picture';
  return found ?? { name, extension: name, lossy: false };
}

/** The name of the type that a request would write for an input of a media type. */
export function writableType(mime: string): string {
  const [plain = ''] = mime.split(';');
  return data.formats.find((one) => one.mime === plain && one.writes)?.name ?? 'webp';
}

const proper: Readonly<Record<string, string>> = { webp: 'WebP', farbfeld: 'farbfeld' };
export const formatLabel = (name: string): string => proper[name] ?? name.toUpperCase();

export const stemOf = (fileName: string): string => fileName.replace(/\.[^.]+$/, '') || 'picture';
