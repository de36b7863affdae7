/** The client of an imagetx service, for browsers, edge runtimes and Node. It has no dependency. */
export {
  type Client,
  type ClientOptions,
  createClient,
  type Operation,
  type PictureInfo,
  type PictureOptions,
  type SigningOptions,
  type Source,
  type Step,
  type WidthOptions,
} from './client.ts';
export { ImagetxError } from './errors.ts';
export type { Body, SendOptions } from './send.ts';
export { createSigner, type SignOptions } from './sign.ts';
export type { OperationName, OperationParameters, OutputType, Parameters } from './tables.ts';
export type { Stored, StoredOutput, StoreOptions, Uploaded, UploadOptions } from './upload.ts';
