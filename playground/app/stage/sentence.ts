import type { Refusal } from '../request/send.ts';
import { data } from '../state/page_data.ts';

/** Words that clients of Imaginary know, and what they mean for people; `$1` is a part of them. */
const meanings: readonly (readonly [words: RegExp, sentence: string])[] = [
  [/^Error while processing the image: /, ''],
  [/^Error while processing parameters, /, ''],
  [
    /^error while processing parameter "(\w+)" with value "(.*)", error: strconv.*$/,
    '$1: expected a number, got $2',
  ],
  [
    /^error while processing parameter "(\w+)" with value "(.*)", error: unsupported value$/,
    '$1: $2 is no value that it takes',
  ],
  [/^error while processing parameter "(\w+)" with value "(.*)", error: (.*)$/, '$1: $3, got $2'],
  [/^Missing required params?: (.*)$/, 'This step needs $1'],
  [/^extract_area: bad extract area$/, 'The area does not lie inside of the picture'],
  [/^Invalid file path$/, 'There is no stored picture of this name'],
  [/^Unsupported media type$/, 'The file is no picture that this service reads'],
  [/^Empty or unreadable image$/, 'The file is empty or damaged'],
  [/^Image resolution is too big$/, 'The picture has more pixels than this service takes'],
  [/^Maximum image size exceeded$/, 'The result would be larger than this service makes'],
  [/^Maximum allowed pipeline operations exceeded$/, 'These are more steps than this service takes'],
];

const hints: Readonly<Record<number, string>> = {
  0: 'Is it still running? This page asks again in a moment.',
  401: 'The service wants a valid API key.',
  ...(data.needs.signature ? { 403: 'The service wants a valid signature.' } : {}),
  413: 'The picture is over the limit of the service.',
  429: 'The service takes no more requests for a moment; this page goes on by itself.',
  503: 'The service is busy; this page asks again in a moment.',
};

/** A refusal as a sentence for people. */
export function sentenceOf({ message, status }: Refusal): string {
  const plain = meanings.reduce((text, [words, sentence]) => text.replace(words, sentence), message.trim());
  const start = plain.charAt(0).toUpperCase() + plain.slice(1);
  const full = /[.!?]$/.test(start) ? start : `${start}.`;
  const hint = hints[status];
  return hint ? `${full} ${hint}` : full;
}
