import type { BufferPool } from '../common/streams/growing_buffer.ts';

/** An object, or one generation of it, whose content never changes. Generations are decimals of up to 19 digits. */
export interface ObjectRef {
  readonly bucket: string;
  readonly name: string;
  readonly generation?: string;
}

export interface ObjectInfo {
  readonly generation: string;
  readonly bytes: number;
  /** Grows with each change of the metadata. Absent: 1, the metadata was never changed. */
  readonly metageneration?: string;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectWrite {
  readonly bucket: string;
  readonly name: string;
  readonly data: Buffer;
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Such as `publicRead`; only for buckets without uniform access. */
  readonly predefinedAcl?: string;
  /** Precondition: the current generation, or `0` for no object. Absent: the write replaces any object. */
  readonly ifGeneration?: string;
  /** Precondition: the current metageneration. */
  readonly ifMetageneration?: string;
  /** Called with the number of bytes sent so far; begins again at 0 when the write is repeated. */
  readonly onProgress?: (bytes: number) => void;
}

/** An upload that someone else will send, in any number of pieces. */
export interface UploadStart {
  readonly bucket: string;
  readonly name: string;
  readonly contentType: string;
  /** Exact size; storage refuses any other. */
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The web page that will send the bytes: storage lets browsers send them from this origin. */
  readonly origin?: string;
}

export interface ReadOptions {
  /** Limit of the stored and of the unpacked bytes. */
  readonly maxBytes?: number;
  /** Called with the size of each chunk before the chunk is kept. It throws when the memory budget has no room. */
  readonly reserve?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Where the memory of the stored bytes comes from. Default: new memory. */
  readonly pool?: BufferPool;
}

/** The operations on objects of Cloud Storage that the services use. */
export interface ObjectStore {
  /**
   * Reads an object's bytes. Unpacks an object that is stored with a Content-Encoding.
   * @throws Problem `not_found` (also when the generation is gone), `too_large`, `corrupt_image` (cannot be unpacked),
   * `storage_unavailable`, and what `reserve` throws.
   */
  read(ref: ObjectRef, options?: ReadOptions): Promise<Buffer>;
  /** Undefined when the object does not exist. */
  stat(ref: ObjectRef): Promise<ObjectInfo | undefined>;
  /** Returns the new generation. @throws Problem `superseded` when a precondition fails, `storage_unavailable`. */
  write(write: ObjectWrite): Promise<string>;
  /**
   * Starts a resumable upload of a new object. Returns the URL to which its bytes are sent, without credentials.
   * @throws Problem `superseded` when the object exists, `storage_unavailable`.
   */
  startUpload(start: UploadStart): Promise<string>;
  /**
   * Adds custom metadata to the object and keeps its generation.
   * @throws Problem `superseded` when the object has another generation, `not_found`, `storage_unavailable`.
   */
  annotate(ref: Required<ObjectRef>, metadata: Readonly<Record<string, string>>): Promise<void>;
  /** Succeeds when the object does not exist. @throws Problem `superseded` when the precondition fails. */
  remove(ref: ObjectRef): Promise<void>;
  /** In the byte order of names. `from`: the first name, inclusive; `to`: the last one, exclusive; empty: no bound. */
  list(
    bucket: string,
    prefix: string,
    range?: { readonly from?: string; readonly to?: string },
  ): AsyncIterable<ObjectRef & { readonly info: ObjectInfo }>;
  /** Up to about `most` names and subfolders (with a slash at the end) that begin with `prefix`, without what is in the subfolders. */
  listFolder(
    bucket: string,
    prefix: string,
    most: number,
  ): Promise<{ readonly entries: readonly string[]; readonly isComplete: boolean }>;
}
