import { usePage } from '../kit/context.ts';
import { formatLabel, formatOf } from '../kit/formats.ts';
import { Icon } from '../kit/icons.tsx';
import { bytesText, msText, savedText, sizeText } from '../kit/numbers.ts';
import type { Outcome, Result } from '../request/use_result.ts';
import type { Picture } from '../source/picture.ts';
import { useDownloadName } from './download_name.ts';

function Before({ picture }: { readonly picture: Picture }) {
  const { fileName, width, height, bytes, type } = picture;
  return (
    <dl class="before">
      <dt>Before</dt>
      <dd>{sizeText(width, height)}</dd>
      <dd>
        {bytes === undefined
          ? formatLabel(formatOf(type).name)
          : `${formatLabel(formatOf(type).name)}, ${bytesText(bytes)}`}
      </dd>
      <dd class="file" title={fileName}>
        {fileName}
      </dd>
    </dl>
  );
}

/** The quality that the encoder used: the service's choice, else the one that was asked for. */
function qualityText({ quality, type }: Result, wanted: string | undefined): string {
  if (quality) return `quality ${quality}, chosen`;
  return formatOf(type).lossy && Number(wanted) > 0 ? `quality ${wanted}` : '';
}

function After({ result }: { readonly result: Result }) {
  const { state } = usePage();
  const { width, height, bytes, ms, type, note } = result;
  const chosen = state.output.type === 'auto' ? ', chosen' : '';
  return (
    <dl>
      <dt>After</dt>
      <dd>{width && height ? sizeText(width, height) : '–'}</dd>
      <dd>
        {formatLabel(formatOf(type).name)}
        {chosen}, {bytesText(bytes)}
      </dd>
      <dd>{[qualityText(result, state.output.quality), msText(ms), note].filter(Boolean).join(', ')}</dd>
    </dl>
  );
}

function Download({ result }: { readonly result: Result }) {
  const name = useDownloadName(result.type);
  return (
    <a class="button" href={result.src} download={name}>
      <Icon name="download" />
      Download
    </a>
  );
}

/** Sizes, bytes and time, before and after. */
export function Facts({
  picture,
  outcome: { result },
}: {
  readonly picture: Picture | undefined;
  readonly outcome: Outcome;
}) {
  return (
    <div class="facts">
      {picture ? <Before picture={picture} /> : null}
      {result ? <After result={result} /> : null}
      {picture?.bytes && result ? (
        <output class="saved" aria-live="polite">
          {savedText(picture.bytes, result.bytes)}
          <small>{result.bytes >= 2 * picture.bytes ? 'the bytes' : 'of the bytes'}</small>
        </output>
      ) : null}
      {result ? <Download result={result} /> : null}
      {picture?.note ? <p class="note">{picture.note}</p> : null}
    </div>
  );
}
