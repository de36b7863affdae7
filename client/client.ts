import { createPictures, type PictureOptions, type WidthOptions } from './picture.ts';
import { pairsOf, queryText } from './query.ts';
import { type Body, jsonOf, type SendOptions, send, sizeOf } from './send.ts';
import { createSigner, pathOf } from './sign.ts';
import { type Stored, type StoreOptions, store } from './store.ts';
import { type OperationParameters, operationNames, type Parameters, type PlaceholderName } from './tables.ts';
import { type Placeholders, type Uploaded, type UploadOptions, upload } from './upload.ts';

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

export interface InfoOptions extends SendOptions {
  /** What a page shows before the picture has come. */
  readonly placeholder?: readonly PlaceholderName[];
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
  /** Those that were asked for. */
  readonly placeholder?: Placeholders;
}

export type Client<Url> = {
  readonly [Name in keyof OperationParameters]: Operation<OperationParameters[Name], Url>;
} & {
  /** Several operations in turn. */
  readonly pipeline: Operation<readonly Step[], Url>;
  /** A preset of the service; own parameters win. */
  readonly preset: {
    (name: string, source: Source, params?: Parameters): Url;
    (name: string, picture: Body, params?: Parameters, options?: SendOptions): Promise<Blob>;
  };
  /** The value of a `srcset`. */
  readonly srcset: (source: Source, options: WidthOptions) => Url;
  /** A `<picture>` as HTML. */
  readonly picture: (source: Source, options: PictureOptions) => Url;
  /** Facts about a picture. @throws ImagetxError. */
  readonly info: (picture: Source | Body, options?: InfoOptions) => Promise<PictureInfo>;
  /** Converts a picture and stores the output in the service's bucket (inline door). @throws ImagetxError. */
  readonly upload: (picture: Body, options: UploadOptions) => Promise<Uploaded>;
  /** Sends a picture of any size straight to storage and waits for its outputs. @throws ImagetxError. */
  readonly store: (picture: Body, options: StoreOptions) => Promise<Stored>;
};

/** @throws TypeError for neither: a name that is missing must not become a request. */
function isSource(picture: Source | Body): picture is Source {
  if (typeof picture === 'string') return true;
  if (picture && typeof picture === 'object') return false;
  throw new TypeError(`expected the name or the bytes of a picture, got ${picture}`);
}

/** Where the service finds a picture. */
const sourceParams = (source: Source): Readonly<Record<string, string>> => ({
  [/^https?:\/\//i.test(source) ? 'url' : 'file']: source,
});

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
  if (/[?#]/.test(options.url)) throw new RangeError(`url: expected no ? and no #, got ${options.url}`);
  const base = options.url.replace(/\/+$/, '');
  const headers: Readonly<Record<string, string>> = options.key ? { 'API-Key': options.key } : {};
  const sign =
    'signKey' in options
      ? createSigner({ ...options, key: options.signKey, prefix: pathOf(base) })
      : undefined;
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

  const info = async (
    asked: Source | Body,
    { placeholder, ...more }: InfoOptions = {},
  ): Promise<PictureInfo> => {
    if (!isSource(asked)) return await jsonOf(await post('info', asked, { placeholder }, more));
    const url = await urlOf('info', asked, { placeholder });
    return await jsonOf(await send({ ...more, method: 'GET', url, headers, body: undefined, bytes: 0 }));
  };
  const operations = Object.fromEntries(operationNames.map((name) => [name, operation(name)]));
  return {
    ...operations,
    pipeline: operation('pipeline', (steps) => ({
      operations: JSON.stringify((steps as readonly Step[]).map(stepOf)),
    })),
    preset: (name: string, picture: Source | Body, params?: Parameters, more?: SendOptions) =>
      operation(`preset/${encodeURIComponent(name)}`)(picture, params, more),
    ...createPictures(urlOf),
    info,
    upload: (body: Body, given: UploadOptions) => upload(service, body, given),
    store: (body: Body, given: StoreOptions) => store(service, body, given),
  } as unknown as Client<string | Promise<string>>;
}
