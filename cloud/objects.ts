/** Where an object is: a generation names one content for ever. Generations are decimal strings of up to 19 digits. */
export interface ObjectRef {
  readonly bucket: string;
  readonly name: string;
  readonly generation?: string;
}

export interface ObjectFacts {
  readonly generation: string;
  readonly bytes: number;
  /** Grows with each change of the metadata; absent: 1, as it was written. */
  readonly metageneration?: string;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Write {
  readonly bucket: string;
  readonly name: string;
  readonly data: Buffer;
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** `publicRead` and the like; only for buckets without uniform access. */
  readonly predefinedAcl?: string;
  /** What must be there now: a generation, or `0` for nothing. Absent: whatever is there is replaced. */
  readonly ifGeneration?: string;
  /** The metageneration that must be there now. */
  readonly ifMetageneration?: string;
  /** Told how many bytes the connection has taken, from 0 again when the write is repeated. */
  readonly onProgress?: (bytes: number) => void;
}

export interface ReadOptions {
  /** Both of stored and of unpacked bytes. */
  readonly maxBytes?: number;
  /** Called with the size of each piece before the piece is kept; it throws when there is no memory for it. */
  readonly reserve?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** The objects of Cloud Storage, as the services use them. */
export interface ObjectStore {
  /**
   * An object's bytes, unpacked where it is stored with a Content-Encoding.
   * @throws Problem `not_found` (also: that generation is gone), `too_large`, `corrupt_image` (cannot be unpacked),
   * `storage_unavailable`, and what `reserve` throws.
   */
  read(ref: ObjectRef, options?: ReadOptions): Promise<Buffer>;
  /** undefined when there is none. */
  stat(ref: ObjectRef): Promise<ObjectFacts | undefined>;
  /** The generation written. @throws Problem `superseded` when the precondition fails, `storage_unavailable`. */
  write(write: Write): Promise<string>;
  /**
   * Adds custom metadata to the object; its generation stays.
   * @throws Problem `superseded` when another generation is there, `not_found`, `storage_unavailable`.
   */
  annotate(ref: Required<ObjectRef>, metadata: Readonly<Record<string, string>>): Promise<void>;
  /** Deleting what is not there is success. @throws Problem `superseded` when the precondition fails. */
  remove(ref: ObjectRef): Promise<void>;
  list(bucket: string, prefix: string): AsyncIterable<ObjectRef & { readonly facts: ObjectFacts }>;
}
