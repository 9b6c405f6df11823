/**
 * What is used of h5wasm: the functions under its classes, which take paths and addresses in wasm memory. Its own types
 * declare names for the whole program, so these stand in for them.
 */
export interface H5wasm {
  readonly FS: EmscriptenFs;
  /** All wasm memory; another object after the memory has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(byteLength: number): number;
  _free(address: number): void;
  /** A file's id, or a negative number. */
  open(path: string, mode: number, trackOrder: boolean, lowest: number, highest: number): bigint;
  close_file(file: bigint): number;
  /** Names in the group at `path`: in order of creation where that is indexed, else in byte order. */
  get_names(file: bigint, path: string, recursive: boolean): string[];
  /** An {@link OBJECT_KINDS} number, soft links followed; -1 when there is nothing. */
  get_type(file: bigint, path: string): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): H5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, address: bigint): number;
  get_dataset_metadata(file: bigint, path: string): H5Metadata;
  get_dataset_filters(file: bigint, path: string): readonly H5Filter[];
  get_dataset_data(
    file: bigint,
    path: string,
    count: readonly bigint[] | null,
    offset: readonly bigint[] | null,
    strides: readonly bigint[] | null,
    address: bigint,
  ): number;
  get_datatype_metadata(file: bigint, path: string): H5Type;
  /** Frees what reading variable-length elements has allocated; `attribute` is empty for a dataset. */
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, address: bigint): number;
  reclaim_vlen_memory_count(
    file: bigint,
    path: string,
    attribute: string,
    address: bigint,
    count: readonly bigint[],
  ): number;
  /** Eight bytes that are the same for the same object, whichever path leads to it. */
  create_object_reference(file: bigint, path: string): ArrayLike<number>;
  get_plugin_search_paths(): readonly string[];
  deactivate_throwing_error_handler(): number;
}

/** What `get_type` answers. */
export const OBJECT_KINDS = { absent: -1, group: 0, dataset: 1, datatype: 2, softLink: 3, userLink: 4 } as const;

/** HDF5's classes of types. */
export const TYPE_CLASSES = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enum: 8,
  vlen: 9,
  array: 10,
  complex: 11,
} as const;

export interface H5Type {
  /** One of {@link TYPE_CLASSES}. */
  readonly type: number;
  /** Bytes of one element in memory. */
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** Text of variable length. */
  readonly vlen: boolean;
  readonly compound_type?: { readonly members: readonly H5Member[] };
  readonly array_type?: H5Type & { readonly shape: readonly number[] };
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly vlen_type?: H5Type;
}

export interface H5Member extends H5Type {
  readonly name: string;
  readonly offset: number;
}

export interface H5Metadata extends H5Type {
  /** Null where there are no elements at all (a null dataspace). */
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly virtual_sources?: readonly { readonly file_name: string; readonly dset_name: string }[];
}

export interface H5Filter {
  readonly id: number;
  readonly name: string;
  /** What the filter was told; it knows what that means. */
  readonly cd_values: readonly number[];
}

/** The part of Emscripten's file system that a file of our own needs. */
export interface EmscriptenFs {
  readonly streams: readonly (FsStream | null | undefined)[];
  readonly ErrnoError: new (errno: number) => Error;
  open(path: unknown, ...rest: readonly unknown[]): FsStream;
  mkdir(path: string): unknown;
  mkdirTree(path: string): unknown;
  rmdir(path: string): void;
  unlink(path: string): void;
  writeFile(path: string, bytes: Uint8Array): void;
  createFile(folder: string, name: string, properties: object, canRead: boolean, canWrite: boolean): FsNode;
}

export interface FsNode {
  readonly id: number;
  readonly mode: number;
  node_ops: Readonly<Record<string, unknown>>;
  stream_ops: Readonly<Record<string, unknown>>;
}

export interface FsStream {
  position: number;
  stream_ops: {
    readonly write?: (stream: FsStream, from: Uint8Array, offset: number, length: number, position?: number) => number;
  };
}

/** Emscripten's numbers of errors. */
export const ERRNO = { access: 2, io: 29 } as const;
