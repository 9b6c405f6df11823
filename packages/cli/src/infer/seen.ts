/** What was seen under one name, in one file or in several: the union of all its forms. */
export type Seen = SeenArray | SeenObject | SeenList | SeenScalar | SeenAnything;

/** Where a value is, as a schema says it: `{ attribute: true }`, `{ file: … }`, `{ folder: … }`; nothing at its own key. */
export type Place = Readonly<Record<string, unknown>>;
export type StoredAs = "scalar-array" | "string-array" | "pickled-scalar" | "tuple";

interface Common {
  /** How it is stored, where that is not the obvious form. */
  readonly as?: StoredAs | undefined;
  readonly place?: Place | undefined;
}

export interface SeenArray extends Common {
  readonly kind: "array";
  readonly dtypes: readonly string[];
  /** The shape of each; sizes are compared between arrays that were seen together. */
  readonly shapes: readonly (readonly number[])[];
  /** The same as nested lists, where it is written as those: what it is beside others that are no arrays. */
  readonly list?: SeenList | undefined;
}

export interface SeenObject extends Common {
  readonly kind: "object";
  /** How many were seen. */
  readonly count: number;
  readonly members: ReadonlyMap<string, Member>;
  /** Members by expressions that their names match. */
  readonly patterns?: ReadonlyMap<string, Seen> | undefined;
  /** Columns of the sparse matrix whose parts are among its members, the same in all of them. */
  readonly columns?: number | undefined;
}

export interface Member {
  readonly seen: Seen;
  /** In which of the objects, by their number, it was there. */
  readonly where: readonly number[];
}

export interface SeenList extends Common {
  readonly kind: "list";
  readonly lengths: readonly number[];
  /** dtype of an array of texts that are no ordinary ones. */
  readonly dtype?: string | undefined;
  /** All items as one; undefined when there was none. */
  readonly items: Seen | undefined;
  /** A list of children with numbers in their names. */
  readonly numbered?: Numbered | undefined;
  /** A list of children with names of their own, of which the item's `name` is one. */
  readonly isNamed?: true | undefined;
}

export interface Numbered {
  readonly prefix: string;
  readonly suffix: string;
  readonly from: number;
  readonly pad: number;
  readonly gaps: boolean;
}

export type ScalarName = "string" | "integer" | "number" | "boolean" | "null";

export interface SeenScalar extends Common {
  readonly kind: "scalar";
  readonly types: readonly ScalarName[];
  /** dtype of an array without axes. */
  readonly dtype?: string | undefined;
}

/** What the dialect has no words for, or what differs too much to be described as one. */
export interface SeenAnything extends Common {
  readonly kind: "anything";
}

/** Whether merging lost what the parts were. */
export function holdsAnything(seen: Seen): boolean {
  if (seen.kind === "anything") return true;
  return seen.kind === "list" && seen.items !== undefined && holdsAnything(seen.items);
}

export function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
