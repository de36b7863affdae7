import { useState } from 'preact/hooks';
import { usePage } from '../kit/context.ts';
import { Icon } from '../kit/icons.tsx';
import { Segments } from '../kit/segments.tsx';
import type { Source } from '../state/model.ts';
import { data } from '../state/page_data.ts';

interface Props {
  readonly onFile: (file: File) => void;
}

/** The file chooser: the first stop of the Tab key. */
const Chooser = ({ onFile }: Props) => (
  <label class="button chooser">
    <input
      type="file"
      aria-label="Choose a picture"
      accept="image/*,.heic,.heif,.pdf,.psd,.tif,.tiff,.jxl,.jp2,.exr,.hdr,.dds,.tga,.dng,.cr2,.nef,.arw"
      onChange={({ currentTarget }) => {
        const [file] = currentTarget.files ?? [];
        if (file) onFile(file);
        currentTarget.value = '';
      }}
    />
    <Icon name="upload" />
    <span aria-hidden="true">Your picture</span>
  </label>
);

const { file: hasFiles, url: hasUrls } = data.sources;
/** A service that takes nothing but presets does not give a picture as it is. */
const hasRemote = (hasFiles || hasUrls) && !data.onlyPresets;
const isUrl = (text: string): boolean => hasUrls && (!hasFiles || /^https?:/i.test(text));
const hint = [hasFiles ? 'name of a stored picture' : '', hasUrls ? 'https://…' : '']
  .filter(Boolean)
  .join(' or ');

/** A field for a picture that the service reads itself. */
function RemoteField() {
  const { state, change } = usePage();
  const { kind, name } = state.source;
  const isOn = kind === 'url' || kind === 'file';
  const [text, setText] = useState(isOn ? name : '');
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = text.trim();
    const source: Source = { kind: isUrl(given) ? 'url' : 'file', name: given };
    if (given) change((before) => ({ ...before, source }));
  };
  return (
    <form class={isOn ? 'remote on' : 'remote'} onSubmit={submit}>
      <input
        type="text"
        aria-label="Picture of the service"
        placeholder={hint}
        value={text}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="word">
        Load
      </button>
    </form>
  );
}

/** Where the picture comes from. */
export function SourceBar({ onFile }: Props) {
  const { state, change } = usePage();
  const { source } = state;
  const choose = (name: string): void =>
    change((before) => ({ ...before, source: { kind: 'sample', name } }));
  return (
    <div class="sources">
      <Chooser onFile={onFile} />
      <span class="hint">or drop, or paste one</span>
      <Segments
        label="Samples"
        choices={data.samples.map(({ name, label }) => [name, label] as const)}
        chosen={source.kind === 'sample' ? source.name : undefined}
        onChoose={choose}
      />
      {hasRemote ? <RemoteField /> : null}
    </div>
  );
}
