import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../kit/context.ts';
import { Segments } from '../kit/segments.tsx';
import type { Plan } from '../request/plan.ts';
import type { Result } from '../request/use_result.ts';
import { CopyButton } from './copy_button.tsx';
import { type Snippet, snippetsOf } from './snippets.ts';

interface Props {
  readonly plan: Plan;
  readonly result: Result | undefined;
}

/** The texts of a job; signing them takes a moment. */
function useSnippets({ plan, result }: Props): readonly Snippet[] {
  const { state, picture, access } = usePage();
  const [snippets, setSnippets] = useState<readonly Snippet[]>([]);
  const { type = 'image/webp', width = 640, height = 480 } = result ?? {};
  useEffect(() => {
    if (picture === undefined) return setSnippets([]);
    let isCurrent = true;
    snippetsOf({ state, plan, picture, access, type }, { width, height }).then(
      (made) => isCurrent && setSnippets(made),
    );
    return () => {
      isCurrent = false;
    };
  }, [state, plan, picture, access, type, width, height]);
  return snippets;
}

/** The conversion as a URL, a command, HTML and code. */
export function TakeAway(props: Props) {
  const snippets = useSnippets(props);
  const [chosen, setChosen] = useState('URL');
  const shown = snippets.find(({ name }) => name === chosen) ?? snippets[0];
  if (shown === undefined) return <section class="take" aria-label="Take away" />;
  return (
    <section class="take" aria-label="Take away">
      <header>
        <Segments
          label="Take away as"
          choices={snippets.map(({ name }) => [name, name] as const)}
          chosen={shown.name}
          onChoose={setChosen}
        />
        <CopyButton text={shown.text} label={shown.name} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it. */}
      <pre tabIndex={0}>{shown.text}</pre>
      {shown.note ? <p class="note">{shown.note}</p> : null}
    </section>
  );
}
