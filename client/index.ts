/** The client of an imagetx service, for browsers, edge runtimes and Node. It has no dependency. */
export {
  type Client,
  type ClientOptions,
  createClient,
  type InfoOptions,
  type Operation,
  type PictureInfo,
  type SigningOptions,
  type Source,
  type Step,
} from './client.ts';
export { ImagetxError } from './errors.ts';
export type { PictureOptions, WidthOptions } from './picture.ts';
export type { Body, SendOptions } from './send.ts';
export { createSigner, type SignOptions } from './sign.ts';
export type { Stored, StoredOutput, StoreOptions } from './store.ts';
export type {
  OperationName,
  OperationParameters,
  OutputType,
  Parameters,
  PlaceholderName,
} from './tables.ts';
export type { Placeholders, Uploaded, UploadOptions } from './upload.ts';
