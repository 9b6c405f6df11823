/** Options that every long operation takes. */
export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far long work is. */
export interface Progress {
  /** What is being done, such as `read keypoints2d`. */
  readonly stage: string;
  /** How much is done so far, out of `total`; as much as `done` where nobody knows how much comes. */
  readonly done: number;
  readonly total: number;
  /** What is counted, in the plural, such as `frames`; bytes when left out. */
  readonly unit?: string | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Random access to bytes of a known length, wherever they are. All readers take one; none takes a path.
 * Bytes handed out belong to the source: whoever wants to change them copies first.
 */
export interface Source {
  readonly byteLength: number;
  /** What messages call it; a file name or URL, empty when it has none. */
  readonly name: string;
  /** Bytes worth asking for at once when reading through, where every read costs a round trip. 1 MiB when left out. */
  readonly pieceSize?: number;
  /**
   * The bytes from `start` up to `end` (exclusive). Rejects with a `FormatError` `truncated` when the source proves
   * shorter than its `byteLength`, with the signal's reason when aborted.
   */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
  /** The same without waiting and without a copy, where the bytes are in memory already. */
  view?(start: number, end: number): Uint8Array;
  /** Fills `target` with the bytes from `start`, for callers that reuse a buffer. */
  readInto?(target: Uint8Array, start: number, options?: ReadOptions): Promise<void>;
  /**
   * The same at once, while the whole thread waits. For code that cannot be made to wait in any other way; where it is
   * absent, such code has to be fed with {@link Source.read} beforehand.
   */
  readNow?(target: Uint8Array, start: number): void;
  /** Frees what the source holds open. Reading afterwards fails. */
  close?(): Promise<void>;
}

/** Entries of a folder that is read as one data set. Paths are relative, separated by `/`. */
export interface Folder {
  readonly name: string;
  list(path: string, options?: ReadOptions): Promise<readonly FolderEntry[]>;
  /** Rejects with `FormatError` `missing` when there is no such file. */
  open(path: string, options?: ReadOptions): Promise<Source>;
  /** Frees what the folder holds open. Opening files afterwards fails. */
  close?(): Promise<void>;
}

/** A file or a folder in a {@link Folder}. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** Bytes of a file, where known without opening it. */
  readonly byteLength?: number;
}

/**
 * Where the files of a new folder are written to. Nothing is visible under the target's name before `commit`; after `abort`
 * nothing remains. Both may be called once, when all files are committed or aborted.
 */
export interface FolderSink {
  readonly name: string;
  /**
   * Begins a file by its relative path with `/`; folders come about by themselves. Rejects with `FormatError`: `refused` for
   * a path that leads out of the folder, `exists` for one that was begun before.
   */
  file(path: string): Promise<Sink>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * Where bytes are written to, front to back. Nothing is visible under the target's name before `commit`; after `abort`
 * nothing remains. Both may be called once.
 */
export interface Sink {
  readonly name: string;
  /** Resolves when the caller may reuse `bytes`. */
  append(bytes: Uint8Array): Promise<void>;
  /**
   * Overwrites bytes that were appended, for formats whose beginning is known last. Absent where what was written is gone:
   * such formats then hold everything in memory.
   */
  patch?(start: number, bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}
