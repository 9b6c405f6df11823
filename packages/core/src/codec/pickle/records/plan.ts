import type { DType } from "../../../ndarray/dtype.js";
import type { Value } from "../../../value/value.js";
import type { Encoding, Slot } from "../read/slots.js";

/**
 * What the dicts of a list have in common that were pickled one after the other: nearly everything. A plan says which
 * bytes are the same in all of them and where the others go: numbers, texts and where arrays lie are kept in columns.
 */
export interface RecordPlan {
  /** What {@link RecordMatcher} does: three numbers each, see {@link Step}. */
  readonly steps: Int32Array;
  /** Bytes that are the same in every record, and which of them start an opcode. */
  readonly literals: Uint8Array;
  readonly opStarts: Uint8Array;
  readonly numbers: number;
  readonly floats: number;
  readonly texts: number;
  readonly blobs: readonly BlobPart[];
  readonly arrays: readonly ArrayPart[];
  readonly root: DictPart;
  /** Its keys, where all are text. */
  readonly keys: readonly string[] | undefined;
  /** How many parts there are; each has an `id` below that. */
  readonly parts: number;
  /** What the record stores in the memo, in order, and for parts of an array which (see `Part` of array-parts.ts). */
  readonly memo: readonly RecordPart[];
  readonly roles: readonly number[];
  /** What all arrays share: `numpy.ndarray` and `b"b"`. */
  readonly callee: Slot | undefined;
  readonly filler: Slot | undefined;
  /** Estimated memory of the objects, see `Machine.charge`. */
  readonly cost: number;
}

/** Kinds of steps. The two numbers beside each: positions in `literals`, the place in the memo, or the column. */
export const Step = {
  literal: 0,
  put: 1,
  local: 2,
  number: 3,
  float: 4,
  text: 5,
  knownText: 6,
  bytes: 7,
  byteArray: 8,
  encodedText: 9,
} as const;

interface Identified {
  /** Index among the parts of the plan. */
  readonly id: number;
}

export interface ConstantPart extends Identified {
  readonly kind: "constant";
  readonly value: Value;
}

/** A value that differs: column `column` of the numbers, floats or texts. */
export interface ColumnPart extends Identified {
  readonly kind: "number" | "float" | "text";
  readonly column: number;
}

/** Bytes: column `column` of the places in the stream. */
export interface BlobPart extends Identified {
  readonly kind: "blob";
  readonly column: number;
  readonly encoding: Encoding;
  readonly mutable: boolean;
}

export interface SequencePart extends Identified {
  readonly kind: "tuple" | "list";
  readonly items: readonly RecordPart[];
}

export interface DictPart extends Identified {
  readonly kind: "dict";
  readonly entries: Map<Value, RecordPart>;
}

export interface ArrayPart extends Identified {
  readonly kind: "array";
  readonly type: DType;
  readonly order: "C" | "F";
  /** Whether numpy swaps big-endian data. */
  readonly swaps: boolean;
  /** Columns of the sizes of its axes. */
  readonly sizes: readonly number[];
  readonly data: BlobPart;
}

export type RecordPart = ConstantPart | ColumnPart | BlobPart | SequencePart | DictPart | ArrayPart;
