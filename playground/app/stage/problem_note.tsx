import { usePage } from '../kit/context.ts';
import type { Refusal } from '../request/send.ts';

/** Imaginary's words, which clients know, in front of the sentence for people. */
const prefix = /^Error while processing the image: /;

const hints: Readonly<Record<number, string>> = {
  0: 'Is it still running?',
  401: 'The service wants a valid API key.',
  403: 'The service wants a valid signature.',
  413: 'The picture is over the limit of the service.',
  429: 'The service takes no more requests for a moment; this page goes on by itself.',
  503: 'The service is busy; this page asks again in a moment.',
};

function sentence({ message, status }: Refusal): string {
  const plain = message.replace(prefix, '').trim();
  const start = plain.charAt(0).toUpperCase() + plain.slice(1);
  const full = /[.!?]$/.test(start) ? start : `${start}.`;
  const hint = hints[status];
  return hint ? `${full} ${hint}` : full;
}

/** A refusal in a sentence, and as the service wrote it behind a fold. */
export function ProblemNote({ refusal }: { readonly refusal: Refusal }) {
  const { status, json } = refusal;
  const { askAccess } = usePage();
  return (
    <div class="problem" role="alert">
      <p>{sentence(refusal)}</p>
      {status === 401 || status === 403 ? (
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
