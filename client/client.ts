import { attributesOf, srcsetOf } from './html.ts';
import { pairsOf, queryText } from './query.ts';
import { type Body, jsonOf, type SendOptions, send, sizeOf } from './send.ts';
import { createSigner } from './sign.ts';
import { type OperationParameters, type OutputType, operationNames, type Parameters } from './tables.ts';
import {
  type Stored,
  type StoreOptions,
  store,
  type Uploaded,
  type UploadOptions,
  upload,
} from './upload.ts';

export interface ClientOptions {
  /** Address of the service, with its path prefix if it has one. */
  readonly url: string;
  /** The API key. It is sent as a header with requests of the client; URLs do not contain it. */
  readonly key?: string;
}

export interface SigningOptions extends ClientOptions {
  /** The service's URL_SIGNATURE_KEY: all URLs are signed, and come as promises. For servers only. */
  readonly signKey: string;
  /** Seconds for which signed URLs are valid. Default: without limit. */
  readonly expiresIn?: number;
}

/** Name of a picture in the service's folder or bucket, or an `http:` or `https:` URL that it may fetch. */
export type Source = string;

/** A step of a pipeline. */
export type Step = {
  [Name in keyof OperationParameters]: { readonly operation: Name } & OperationParameters[Name] & {
      readonly ignoreFailure?: boolean;
    };
}[keyof OperationParameters];

/** With a name or an address, the URL of the result; with the bytes of a picture, the result itself. */
export interface Operation<Params, Url> {
  (source: Source, params?: Params): Url;
  (picture: Body, params?: Params, options?: SendOptions): Promise<Blob>;
}

export interface WidthOptions {
  /** Widths in pixels, smallest first. */
  readonly widths: readonly number[];
  /** Default: resize. */
  readonly operation?: keyof OperationParameters;
  /** Further parameters. With a height, it is that of the largest width, and shrinks with the others. */
  readonly params?: Parameters;
}

export interface PictureOptions extends WidthOptions {
  /** Formats, best first. Default: AVIF and WebP. */
  readonly types?: readonly OutputType[];
  /** Format for other browsers. Default: JPEG. */
  readonly fallback?: OutputType;
  /** The width at which the page shows it. Default: 100vw. */
  readonly sizes?: string;
  readonly alt: string;
  readonly class?: string;
  /** Default: lazy. */
  readonly loading?: 'lazy' | 'eager';
}

/** What `/info` tells. */
export interface PictureInfo {
  readonly width: number;
  readonly height: number;
  readonly type: string;
  readonly space: string;
  readonly hasAlpha: boolean;
  readonly hasProfile: boolean;
  readonly channels: number;
  readonly orientation: number;
}

export type Client<Url> = {
  readonly [Name in keyof OperationParameters]: Operation<OperationParameters[Name], Url>;
} & {
  /** Several operations in turn. */
  readonly pipeline: Operation<readonly Step[], Url>;
  /** A preset of the service; own parameters win. */
  readonly preset: (name: string, source: Source, params?: Parameters) => Url;
  /** The value of a `srcset`. */
  readonly srcset: (source: Source, options: WidthOptions) => Url;
  /** A `<picture>` as HTML. */
  readonly picture: (source: Source, options: PictureOptions) => Url;
  /** Facts about a picture. @throws ImagetxError. */
  readonly info: (picture: Source | Body, options?: SendOptions) => Promise<PictureInfo>;
  /** Converts a picture and stores the output in the service's bucket (inline door). @throws ImagetxError. */
  readonly upload: (picture: Body, options: UploadOptions) => Promise<Uploaded>;
  /** Sends a picture of any size straight to storage and waits for its outputs. @throws ImagetxError. */
  readonly store: (picture: Body, options: StoreOptions) => Promise<Stored>;
};

type Urls = readonly (string | Promise<string>)[];

/** Combines URLs, at once where all are there already. */
const combine = (urls: Urls, made: (texts: readonly string[]) => string): string | Promise<string> =>
  urls.every((url) => typeof url === 'string')
    ? made(urls as readonly string[])
    : Promise.all(urls).then(made);

const isSource = (picture: Source | Body): picture is Source => typeof picture === 'string';

/** Where the service finds a picture. */
const sourceParams = (source: Source): Readonly<Record<string, string>> => ({
  [/^https?:\/\//i.test(source) ? 'url' : 'file']: source,
});

/** Parameters at one width: a height shrinks with it. */
function atWidth({ params = {}, widths }: WidthOptions, width: number): Parameters {
  const { height } = params;
  const scaled = height && Math.round((height * width) / Math.max(...widths));
  return { ...params, width, ...(scaled ? { height: scaled } : {}) };
}

const stepOf = ({ operation, ignoreFailure, ...params }: Step) => ({
  operation,
  params: Object.fromEntries(pairsOf(params)),
  ...(ignoreFailure ? { ignore_failure: true } : {}),
});

/**
 * A client of a service. It builds URLs and sends nothing, unless it is given the bytes of a picture.
 * With `signKey`, URLs are promises, since WebCrypto signs them.
 */
export function createClient(options: SigningOptions): Client<Promise<string>>;
export function createClient(options: ClientOptions): Client<string>;
export function createClient(options: ClientOptions | SigningOptions): Client<string | Promise<string>> {
  const base = options.url.replace(/\/+$/, '');
  const headers: Readonly<Record<string, string>> = options.key ? { 'API-Key': options.key } : {};
  const sign = 'signKey' in options ? createSigner({ ...options, key: options.signKey }) : undefined;
  const service = { base, headers, ...(sign ? { sign } : {}) };

  const address = (path: string, params: object): string | Promise<string> => {
    const query = queryText(pairsOf(params));
    const url = `${base}/${path}${query && `?${query}`}`;
    return sign ? sign(url) : url;
  };
  const urlOf = (path: string, source: Source, params: object = {}): string | Promise<string> =>
    address(path, { ...sourceParams(source), ...params });
  const post = async (path: string, body: Body, params: object, more: SendOptions) =>
    await send({
      ...more,
      method: 'POST',
      url: await address(path, params),
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body,
      bytes: sizeOf(body),
    });
  const operation =
    (path: string, write: (params: object) => object = (params) => params) =>
    (picture: Source | Body, params: object = {}, more: SendOptions = {}) =>
      isSource(picture)
        ? urlOf(path, picture, write(params))
        : post(path, picture, write(params), more).then(({ blob }) => blob);

  const at = (source: Source, given: WidthOptions, params: Parameters = {}): Urls =>
    given.widths.map((width) =>
      urlOf(given.operation ?? 'resize', source, { ...atWidth(given, width), ...params }),
    );
  const srcset = (source: Source, given: WidthOptions) =>
    combine(at(source, given), (urls) => srcsetOf(urls, given.widths));
  const picture = (source: Source, given: PictureOptions) => {
    const { types = ['avif', 'webp'], fallback = 'jpeg', sizes = '100vw', widths } = given;
    const all = [...types, fallback].flatMap((type) => at(source, given, { type }));
    return combine(all, (urls) => {
      const sets = [...types, fallback].map((_, index) =>
        urls.slice(index * widths.length, (index + 1) * widths.length),
      );
      const last = sets.at(-1) ?? [];
      const { width, height } = atWidth(given, Math.max(...widths));
      const sources = types.map((type, index) => {
        const set = { type: `image/${type}`, sizes, srcset: srcsetOf(sets[index] ?? [], widths) };
        return `<source${attributesOf(set)}>`;
      });
      const { alt, class: names, loading = 'lazy' } = given;
      const shown = { src: last.at(-1), srcset: srcsetOf(last, widths), sizes, width, height };
      const image = `<img${attributesOf({ ...shown, alt, class: names, loading })}>`;
      return `<picture>${sources.join('')}${image}</picture>`;
    });
  };
  const info = async (asked: Source | Body, more: SendOptions = {}): Promise<PictureInfo> => {
    if (!isSource(asked)) return await jsonOf(await post('info', asked, {}, more));
    const url = await urlOf('info', asked);
    return await jsonOf(await send({ ...more, method: 'GET', url, headers, body: undefined, bytes: 0 }));
  };
  const operations = Object.fromEntries(operationNames.map((name) => [name, operation(name)]));
  return {
    ...operations,
    pipeline: operation('pipeline', (steps) => ({
      operations: JSON.stringify((steps as readonly Step[]).map(stepOf)),
    })),
    preset: (name: string, source: Source, params: Parameters = {}) =>
      urlOf(`preset/${encodeURIComponent(name)}`, source, params),
    srcset,
    picture,
    info,
    upload: (body: Body, given: UploadOptions) => upload(service, body, given),
    store: (body: Body, given: StoreOptions) => store(service, body, given),
  } as unknown as Client<string | Promise<string>>;
}
