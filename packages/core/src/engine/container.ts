import type { Wrap } from "../codec/wrap/wrap.js";
import type { FormatError } from "../errors.js";
import type { ContainerLayout, Layout, RecordLayout } from "../layout/layout.js";
import type { Folder, FolderSink, Sink, Source, WorkOptions } from "../source/source.js";
import type { Threads } from "../threads/threads.js";
import type { Node } from "../tree/node.js";
import type { WriteTree } from "../tree/write.js";
import type { Encoder } from "./encode.js";

/** What a byte format must offer so that every schema can use it. Layouts import theirs statically. */
export interface ContainerCodec {
  readonly kind: string;
  /**
   * What its nodes can be: `arrays` only, in which everything else is wrapped; any Python `values`; or `json`, where
   * arrays are nested lists.
   */
  readonly holds: "arrays" | "values" | "json";
  /** How files are compressed as a whole; not when left out. */
  readonly wrap?: Wrap;
  /** Whether files are streams of the records that a layout states, to be written by its record writer. */
  readonly isStream?: true;
  /** Whether a file that starts with `head` (up to 512 bytes) may be one. Cheap; `open` decides. */
  matches(head: Uint8Array): boolean;
  /**
   * Reads what is needed to know the tree, no values. The caller keeps the source open while it uses the nodes.
   * Throws `FormatError`.
   */
  open(source: Source, options?: OpenContainerOptions): Promise<Node>;
  /** The tree of a folder of files, for containers that are one. */
  openFolder?(folder: Folder, options?: OpenContainerOptions): Promise<Node>;
  /** The tree as a schema has it, for containers that need one to know what is where. */
  present?(layout: Layout, container: ContainerLayout, tree: Node, options?: WorkOptions): Promise<Node>;
  /** Writes a data set file by file, for containers that are folders. Commits the target; the caller aborts it. */
  writeFiles?(target: Sink | FolderSink, writing: FilesToWrite): Promise<void>;
  /** Writes the whole tree and commits the sink; aborts it when anything fails. */
  write(sink: Sink, tree: WriteTree, options?: WriteContainerOptions): Promise<void>;
}

/** What is written file by file. */
export interface FilesToWrite {
  readonly container: ContainerLayout;
  readonly encoder: Encoder;
  readonly node: Node;
  readonly options: WriteContainerOptions;
}

export interface OpenContainerOptions extends WorkOptions {
  /** The records that a stream holds. */
  readonly records?: readonly RecordLayout[] | undefined;
  /** How a stream is compressed. */
  readonly wrap?: Wrap | undefined;
  /** Threads that decompress several blocks at once. Default: everything happens on the caller's own. */
  readonly threads?: Threads | undefined;
  /** What the paths of nodes begin with. Default: nothing. */
  readonly path?: string | undefined;
  /** Python classes, as `module.Name`, to be read as records. */
  readonly classes?: readonly string[];
  /** Bytes of one array, entry or record that may be read into memory at once; a larger one is a `limit` error. */
  readonly maxLoadBytes?: number | undefined;
  /**
   * Opens a file that was cut off, where the format allows it (pickle), in place of failing: the longest list that was being
   * written is there with its complete items, and what stands before it. A function is given the error.
   */
  readonly recover?: boolean | ((error: FormatError) => void) | undefined;
}

export interface WriteContainerOptions extends WorkOptions {
  /** `none` stores array bytes as they are; `fast` and `small` trade time for size. Default `small` (zlib level 6). */
  readonly compression?: "none" | "fast" | "small";
  /** Pickle protocol, 2 to 5. Default 4. */
  readonly protocol?: 2 | 3 | 4 | 5;
}
