import type { Value } from "../value/value.js";
import type { ArrayNode } from "./node.js";

/**
 * What a container writes: exact values, in which arrays may still be in another file (`ArrayNode`). The root of an
 * archive is a map whose string keys name the entries, in the order in which they are written.
 */
export type WriteTree = Value | ArrayNode | AttributedTree | readonly WriteTree[] | ReadonlyMap<Value, WriteTree>;

/** How the elements of an array are stored, in containers that leave the choice. What is left out is chosen by size and type. */
export interface ArrayStorage {
  /**
   * Shape of the pieces that are stored, compressed and read as one. `none` stores all elements one behind the other, which
   * neither grows nor is compressed. Default: pieces of about 128 KiB along the first axes, where something needs them.
   */
  readonly chunks?: readonly number[] | "none" | undefined;
  /** zlib's level, 1 to 9; 0 for none. */
  readonly gzip?: number | undefined;
  /** Sorts the bytes of the elements of a chunk by their place in an element, which compresses better. */
  readonly shuffle?: boolean | undefined;
}

export interface AttributedTreeOptions {
  /** Attributes by name, in their order. */
  readonly attributes?: ReadonlyMap<string, Value> | undefined;
  /** Whether a group remembers the order of its members and attributes. Default false: names in byte order. */
  readonly ordered?: boolean | undefined;
  /** How an array is stored. */
  readonly storage?: ArrayStorage | undefined;
}

/** A group or an array with what only some containers (HDF5) can keep of it; others refuse it. */
export class AttributedTree {
  readonly value: WriteTree;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly ordered: boolean;
  readonly storage: ArrayStorage;

  constructor(value: WriteTree, options: AttributedTreeOptions = {}) {
    this.value = value;
    this.attributes = options.attributes ?? new Map();
    this.ordered = options.ordered ?? false;
    this.storage = options.storage ?? {};
  }
}
