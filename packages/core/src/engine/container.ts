import type { FormatError } from "../errors.js";
import type { Sink, Source, WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import type { WriteTree } from "../tree/write.js";

/** What a byte format must offer so that every schema can use it. Layouts import theirs statically. */
export interface ContainerCodec {
  readonly kind: string;
  /**
   * What its nodes can be: `arrays` only, in which everything else is wrapped; any Python `values`; or `json`, where
   * arrays are nested lists.
   */
  readonly holds: "arrays" | "values" | "json";
  /** Whether a file that starts with `head` (up to 512 bytes) may be one. Cheap; `open` decides. */
  matches(head: Uint8Array): boolean;
  /**
   * Reads what is needed to know the tree, no values. The caller keeps the source open while it uses the nodes.
   * Throws `FormatError`.
   */
  open(source: Source, options?: OpenContainerOptions): Promise<Node>;
  /** Writes the whole tree and commits the sink; aborts it when anything fails. */
  write(sink: Sink, tree: WriteTree, options?: WriteContainerOptions): Promise<void>;
}

export interface OpenContainerOptions extends WorkOptions {
  /** Python classes, as `module.Name`, to be read as records. */
  readonly classes?: readonly string[];
  /** Bytes of one array or entry that may be read into memory at once; a larger one is a `limit` error. */
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
