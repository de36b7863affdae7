import type { Access } from '../request/access.ts';
import { type Input, isRefusal, type Refusal, send } from '../request/send.ts';
import type { Source } from '../state/model.ts';
import { data } from '../state/page_data.ts';
import { type Shown, showBlob } from './shown.ts';
import { isTooLarge, shrink } from './shrink.ts';

/** The picture that everything starts from. */
export interface Picture {
  readonly input: Input;
  /** Name of its file, for commands and downloads. */
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  /** Bytes of the original; absent where only the service has it. */
  readonly bytes?: number;
  /** An address of it, or of a copy that the browser can show. */
  readonly src: string;
  readonly type: string;
  /** A sentence that the user should know. */
  readonly note?: string;
}

type Options = { readonly access: Access; readonly signal: AbortSignal };

/** A copy for browsers that cannot show the original. */
const previewPlan = { path: '/fit', query: { width: '2000', height: '2000', type: 'webp' } };

async function preview(input: Input, options: Options): Promise<Shown | Refusal> {
  const answer = await send(previewPlan, input, options);
  return isRefusal(answer) ? answer : await showBlob(answer.blob, options);
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || 'picture';

async function fromBlob(blob: Blob, fileName: string, options: Options): Promise<Picture | Refusal> {
  const shown = await showBlob(blob, options);
  const { width = 0, height = 0, isShown, src, bytes } = shown;
  const base = { fileName, bytes, type: blob.type };
  if (isShown && isTooLarge(blob, { width, height })) {
    const small = await shrink(blob, { width, height });
    return {
      ...base,
      input: { body: small.blob },
      width: small.width,
      height: small.height,
      src,
      note: small.note,
    };
  }
  if (isShown) return { ...base, input: { body: blob }, width, height, src };
  const copy = await preview({ body: blob }, options);
  if (isRefusal(copy)) return copy;
  URL.revokeObjectURL(src);
  const size = width ? { width, height } : { width: copy.width ?? 0, height: copy.height ?? 0 };
  return { ...base, ...size, input: { body: blob }, src: copy.src };
}

async function readSample(name: string, options: Options): Promise<Picture | Refusal> {
  const sample = data.samples.find((one) => one.name === name) ?? data.samples[0];
  if (sample === undefined) return { status: 404, message: 'There is no such sample.' };
  const response = await fetch(`${data.prefix}/form?picture=${sample.name}`, { signal: options.signal });
  return await fromBlob(await response.blob(), sample.file, options);
}

/** A picture that only the service reads. */
async function readRemote(url: string, options: Options): Promise<Picture | Refusal> {
  if (!data.sources.url)
    return { status: 404, message: 'This service fetches no pictures from other servers.' };
  const info = await send({ path: '/info', query: {} }, { url }, options);
  if (isRefusal(info)) return info;
  const { width, height, type, orientation } = JSON.parse(await info.blob.text());
  const copy = await preview({ url }, options);
  if (isRefusal(copy)) return copy;
  const size = orientation > 4 ? { width: height, height: width } : { width, height };
  return {
    input: { url },
    fileName: lastPart(new URL(url).pathname),
    ...size,
    src: copy.src,
    type: `image/${type}`,
  };
}

async function readFile(name: string, options: Options): Promise<Picture | Refusal> {
  if (!data.sources.file) return { status: 404, message: 'This service has no stored pictures.' };
  const path = `/images/${name.split('/').map(encodeURIComponent).join('/')}`;
  const answer = await send({ path, query: {} }, {}, options);
  if (isRefusal(answer))
    return answer.status === 404 ? { ...answer, message: 'There is no stored picture of this name' } : answer;
  const picture = await fromBlob(answer.blob, lastPart(name), options);
  return isRefusal(picture) ? picture : { ...picture, input: { file: name } };
}

/** Loads a source. `own` is the file of this tab, if there is one. */
export async function readPicture(
  { kind, name }: Source,
  own: File | undefined,
  options: Options,
): Promise<Picture | Refusal> {
  if (kind === 'sample') return await readSample(name, options);
  if (kind === 'url') return await readRemote(name, options);
  if (kind === 'file') return await readFile(name, options);
  if (own) return await fromBlob(own, own.name, options);
  return { status: 404, message: `Your picture ${name} is not in the address; choose it again.` };
}
