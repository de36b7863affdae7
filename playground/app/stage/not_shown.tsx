import { formatOf } from '../kit/formats.ts';
import { Icon } from '../kit/icons.tsx';
import { bytesText } from '../kit/numbers.ts';
import type { Result } from '../request/use_result.ts';
import { useDownloadName } from './download_name.ts';

/** For formats that no browser, or not this one, can show. */
export function NotShown({ result }: { readonly result: Result }) {
  const name = useDownloadName(result.type);
  const { name: format } = formatOf(result.type);
  return (
    <div class="not-shown">
      <p>This browser does not show {format.toUpperCase()} pictures. The file is ready:</p>
      <a class="button" href={result.src} download={name}>
        <Icon name="download" />
        {name} ({bytesText(result.bytes)})
      </a>
    </div>
  );
}
