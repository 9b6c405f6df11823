import type { DType } from "../ndarray/dtype.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { Value } from "../value/value.js";

/**
 * Every container is presented as a tree of nodes whose values load on demand: an npz archive, a pickled dict, a JSON
 * document alike. Nodes know their path inside the file (see `memberPath`).
 */
export type Node = GroupNode | ListNode | ArrayNode | ScalarNode;

/** What a container keeps beside a node: HDF5's attributes. */
export interface Attributed {
  /** The attributes by name. Absent where the container has none anywhere. */
  attributes?(options?: WorkOptions): Promise<GroupNode>;
}

/** Named children: an archive, a dict with string keys, a group of HDF5. */
export interface GroupNode extends Attributed {
  readonly kind: "group";
  readonly path: string;
  /** Names in stored order. */
  readonly keys: readonly string[];
  child(key: string, options?: WorkOptions): Promise<Node | undefined>;
  /** The value of a child that is a single one, at once; undefined for any other child, and where it has to be read. */
  valueNow?(key: string): Value | undefined;
  /** Where a child would be, for containers whose paths are not made of keys: folders, whose members are files. */
  placeOf?(key: string): string;
  /** Paths of what lies here in the container although no child stands for it. */
  readonly unread?: readonly string[];
  /** Whether a file of this name lies in the folder that the group is. */
  hasFile?(name: string): boolean;
  /** Several arrays, for containers that read them in one go. */
  loadArrays?(keys: readonly string[], options?: WorkOptions): Promise<ReadonlyMap<string, NdArray>>;
  /** Stored bytes of a child, where the container knows them without reading it. */
  storedBytes?(key: string): number | undefined;
  /**
   * The exact value with all arrays in it, for groups that are one value (a dict); absent for containers such as
   * archives. Shared and cyclic objects stay shared and cyclic.
   */
  load?(options?: WorkOptions): Promise<Value>;
}

/** Values by their position: a Python list or tuple, records, numbered groups. */
export interface ListNode extends Attributed {
  readonly kind: "list";
  readonly path: string;
  readonly length: number;
  /**
   * Whether items are read one by one when they are asked for, and of none is anything known before: there may be more of them than
   * fit into memory.
   */
  readonly itemwise?: boolean;
  /** `tuple` for what is written back as one; a list when left out. */
  readonly form?: "list" | "tuple";
  child(index: number, options?: WorkOptions): Promise<Node>;
  /** The same at once; undefined where something has to be read for it. */
  childNow?(index: number): Node | undefined;
  /** The value of an item that is a single one, at once; undefined for any other item, and where it has to be read. */
  itemNow?(index: number): Value | undefined;
  /**
   * All items in order, for containers in which that is cheaper than finding each. There may be more of them than `length`, or
   * fewer, where that is only what the file states.
   */
  items?(options?: WorkOptions): AsyncIterable<Node>;
  /** The name under which an item is stored, where it has one. */
  nameAt?(index: number): string;
  /** Reads the directories by which items are found, for checks that look no further. Throws what is wrong with them. */
  outline?(options?: WorkOptions): Promise<void>;
  load?(options?: WorkOptions): Promise<Value>;
}

/** An array whose header is known and whose elements are still in the file. */
export interface ArrayNode extends Attributed {
  readonly kind: "array";
  readonly path: string;
  readonly type: DType;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  /** The array, where it is in memory already. */
  readonly array?: NdArray;
  /** All elements. Object arrays hold {@link Value}s. */
  load(options?: WorkOptions): Promise<NdArray>;
  /**
   * Rows `start` up to `stop` along axis 0 as an array of their own, reading little else; for containers that can do
   * that with this array. Sums over contents that are not read to their end are not compared.
   */
  rows?(start: number, stop: number, options?: WorkOptions): Promise<NdArray>;
  /**
   * The packed elements in stored order and byte order, piece by piece, for copying without holding all of them.
   * Absent for object arrays. A piece is valid until the next one is asked for.
   */
  chunks?(options?: WorkOptions): AsyncIterable<Uint8Array>;
}

/** Anything else: a number, text, bytes, None, a set, … in memory already. */
export interface ScalarNode extends Attributed {
  readonly kind: "scalar";
  readonly path: string;
  readonly value: Value;
}
