import { usePage } from '../kit/context.ts';
import type { Refusal } from '../request/send.ts';
import { data } from '../state/page_data.ts';
import { sentenceOf } from './sentence.ts';

/** A refusal in a sentence, and as the service wrote it behind a fold. */
export function ProblemNote({ refusal }: { readonly refusal: Refusal }) {
  const { status, json } = refusal;
  const { askAccess } = usePage();
  return (
    <div class="problem" role="alert">
      <p>{sentenceOf(refusal)}</p>
      {status === 401 || (status === 403 && data.needs.signature) ? (
        <button type="button" onClick={askAccess}>
          Enter a key
        </button>
      ) : null}
      {json ? (
        <details>
          <summary>Answer {status}</summary>
          <pre>{json}</pre>
        </details>
      ) : null}
    </div>
  );
}
