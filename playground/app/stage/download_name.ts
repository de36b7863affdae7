import { usePage } from '../kit/context.ts';
import { formatOf, stemOf } from '../kit/formats.ts';

/** The name under which a result is saved: that of the input, with the extension of the result. */
export function useDownloadName(type: string): string {
  const { picture } = usePage();
  return `${stemOf(picture?.fileName ?? 'picture')}.${formatOf(type).extension}`;
}
