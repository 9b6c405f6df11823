import type { DType } from "../../../ndarray/dtype.js";
import type { Value } from "../../../value/value.js";
import type { Encoding, Slot } from "../read/slots.js";

/** An opcode of the record that a plan is made of, without its place in the program. */
export interface Token {
  readonly step: number;
  readonly start: number;
  readonly end: number;
  /** Place in the memo, for those that store and fetch. */
  readonly place: number;
  /** Whether every record has to have the same bytes here. */
  fixed: boolean;
  column: number;
}

/** What an opcode of the record made, before it is clear which parts differ from record to record. */
export type Draft =
  | { readonly kind: "constant"; readonly value: Value }
  /** Something that only calls may use: a function, a dtype, `b"b"`. */
  | { readonly kind: "slot"; readonly slot: Slot }
  | {
      readonly kind: "varying";
      readonly of: "number" | "float" | "text";
      readonly token: Token;
      readonly value: Value;
    }
  /** Text that stands for bytes until `encode` makes them of it. */
  | { readonly kind: "taken"; readonly token: Token }
  | BlobDraft
  | SequenceDraft
  | { readonly kind: "dict"; readonly entries: Map<Value, Draft> }
  | ArrayDraft;

export interface BlobDraft {
  readonly kind: "blob";
  readonly token: Token;
  readonly encoding: Encoding;
  readonly mutable: boolean;
  /** What the call was made of that made it of text. */
  readonly encoded?: { readonly text: Draft; readonly args: Draft };
}

export interface SequenceDraft {
  readonly kind: "tuple" | "list";
  readonly items: Draft[];
}

export interface ArrayDraft {
  readonly kind: "array";
  /** Absent before the array got its state. */
  state?: ArrayState;
}

export interface ArrayState {
  readonly type: DType;
  readonly order: "C" | "F";
  readonly swaps: boolean;
  readonly sizes: readonly Token[];
  readonly data: BlobDraft;
}
