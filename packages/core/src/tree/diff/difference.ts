import type { FormatErrorCode } from "../../errors.js";
import type { Value } from "../../value/value.js";

/** One thing in which two trees differ. Paths are those of the first tree where it has the node. */
export type TreeDifference =
  | { readonly kind: "removed" | "added"; readonly path: string; readonly what: NodeWords }
  /** What a node is: a dict here, a list there. */
  | { readonly kind: "kind"; readonly path: string; readonly before: NodeWords; readonly after: NodeWords }
  /** The type of an array. Elements are compared all the same where both are numbers. */
  | { readonly kind: "dtype"; readonly path: string; readonly before: string; readonly after: string }
  | {
      readonly kind: "shape";
      readonly path: string;
      readonly before: readonly number[];
      readonly after: readonly number[];
    }
  /** The number of items of a list; those that both have are compared. */
  | { readonly kind: "length"; readonly path: string; readonly before: number; readonly after: number }
  /** The items of a list, known by their names, are the same ones in another order. */
  | { readonly kind: "order"; readonly path: string }
  | { readonly kind: "value"; readonly path: string; readonly before: Value; readonly after: Value }
  | ({ readonly kind: "elements"; readonly path: string } & ElementDifference)
  /** A node that cannot be read in one of the trees, so that it was not compared. */
  | {
      readonly kind: "unreadable";
      readonly path: string;
      readonly side: Side;
      readonly code: FormatErrorCode;
      readonly message: string;
    };

/** Which of the two that are compared. */
export type Side = "before" | "after";

/** A node in a word or two: `dict`, `array float32 (7, 133, 3)`. */
export type NodeWords = string;

/** Elements of two arrays of one shape that differ by more than the tolerance. */
export interface ElementDifference {
  readonly count: number;
  readonly total: number;
  /** The largest difference of two finite numbers; null where none of those that differ are. */
  readonly largest: number | null;
  /** The first one, in C order. */
  readonly first: { readonly index: readonly number[]; readonly before: Value; readonly after: Value };
}
