import type { ContainerCodec } from "../engine/container.js";
import type { Profile, Severity } from "../issues.js";
import type { DTypeName } from "../ndarray/dtype.js";

/**
 * A data set as the engine sees it: what the generator lowers a schema to. Generated modules hold one as a literal;
 * the CLI makes one at run time from a schema that nobody generated code for.
 */
export interface Layout {
  /** Name within its system, such as `humandata`; unique among all layouts of a registry. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** `$id` of the schema: the first part of every issue's `rule`. */
  readonly schema: string;
  readonly containers: readonly ContainerLayout[];
  /** A file is this data set when one of these holds; the one with most keys present wins among data sets. */
  readonly detect: readonly DetectRule[];
  readonly root: FieldLayout;
  /** Shared and recursive parts, by the name that a {@link RefLayout} gives. */
  readonly defs: Readonly<Record<string, FieldLayout>>;
  readonly profiles: Readonly<
    Record<string, Profile & { readonly required?: Readonly<Record<string, readonly string[]>> }>
  >;
  /** Severities of issues by their rule (a pointer that ends with the keyword), where they are no errors. */
  readonly severity?: Readonly<Record<string, Severity>>;
  /** Ajv-made check of structure; arrays appear in the value as `NdArray`s and pass it. */
  readonly structure?: StructureValidator;
}

export interface ContainerLayout {
  readonly codec: ContainerCodec;
  /** File name endings with their dot; the first one is used for new files. */
  readonly extensions: readonly string[];
  /** `absent`: a stored None means that the key is not there. */
  readonly nulls: "keep" | "absent";
  /** Python classes, as `module.Name`, whose instances are read as records of their items. */
  readonly classes: readonly string[];
  /** Pickle protocol of new files, unless the writer is told another. */
  readonly protocol?: 2 | 3 | 4 | 5;
}

export interface DetectRule {
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** Whose keys they are: the root's (when left out), the first item's of a list, or those of a dict's first member. */
  readonly in?: "root" | "items" | "members";
}

/** A compiled Ajv validator: true, or false with the problems in `errors`. */
export interface StructureValidator {
  (value: unknown): boolean;
  errors?: readonly StructureError[] | null;
}

export interface StructureError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type FieldLayout =
  | ArrayLayout
  | SparseLayout
  | ObjectLayout
  | ListLayout
  | ScalarLayout
  | AnyLayout
  | ChoiceLayout
  | RefLayout;

interface Common {
  /** JSON pointer of the rule within the schema. */
  readonly rule: string;
  readonly stored?: StoredForm;
  /** Known to the schema, yet not one of the keys that a closed object allows. */
  readonly extension?: boolean;
  readonly unit?: string;
  /** Filled in by reading when the key is absent. */
  readonly default?: string | number | boolean;
  /**
   * Symbols that a value without a stated size may have items for. Its first axis (an array's, a list's, or that of each
   * member of a dict) follows the first of them whose size it has; with none of these sizes, the value is constant.
   * Beside a stated size it is the second choice. What stands beside a reference counts more than what its part says.
   */
  readonly follows?: readonly string[];
  /** Current keys that an outdated key stands for: an upgrade copies its value to those that are absent. */
  readonly becomes?: readonly string[];
  /** The size in bytes, about, that the stored value should not exceed. */
  readonly maxBytes?: number;
  /** Keys beside a value of this form that it cannot do without. */
  readonly requires?: readonly string[];
  /** Keys that should be beside it. */
  readonly recommends?: readonly string[];
  /** What checking says of a value of this form. */
  readonly note?: string;
  /** Which part of the file holds the value, for containers that are more than one tree (HDF5 attributes, folders). */
  readonly place?: Place;
}

export type Place =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "folder"; readonly name: string }
  | { readonly kind: "file"; readonly path: string; readonly media: string };

/**
 * How a value is written where the container holds arrays only (npz, HDF5), or which of two alike forms it takes:
 * `scalar-array` an array without axes, `string-array` and `array` a 1-d array in place of a list,
 * `pickled-scalar` an object array without axes that holds the value, `tuple` a tuple in place of a list, `python-scalar` a
 * number of Python in place of one of numpy.
 * Reading accepts every form that gives the value.
 */
export interface StoredForm {
  readonly name?: string;
  /** Former names, read when `name` (or the key itself) is absent; never written. */
  readonly aliases?: readonly string[];
  readonly as?: "scalar-array" | "string-array" | "array" | "pickled-scalar" | "tuple" | "list" | "python-scalar";
  /** dtype of a `scalar-array` or `array`. */
  readonly dtype?: DTypeName;
}

/** A size: fixed, a symbol of an enclosing scope, `*` for any, `...` (first or last) for any number of axes. */
export type AxisSize = number | string;

export interface ArrayLayout extends Common {
  readonly kind: "array";
  /** The first is written when a plain array has to be given a type; all are accepted. */
  readonly dtype: readonly DTypeName[];
  readonly shape: readonly AxisSize[];
  /** Sizes that symbols of the shape have in this form of the value, one or any of several. */
  readonly where?: Readonly<Record<string, number | readonly number[]>>;
  /** The only element values allowed. */
  readonly values?: readonly number[];
  /** No element is NaN or infinite. */
  readonly finite?: true;
  /** Elements of the only axis never fall. */
  readonly ascending?: true;
  /** Elements lie between 0 and what a sibling holds. */
  readonly within?: Within;
  /**
   * The array has two columns: row `i` says which positions along this symbol belong to item `i` of the symbol of axis
   * 0, as first position and the one after the last.
   */
  readonly ranges?: string;
  readonly keypoints?: KeypointAxis;
  /** Steps from the value to its stored form, in write order. */
  readonly encoding?: readonly Encoding[];
  /** Outdated forms, brought up to date by reading. */
  readonly legacy?: readonly LegacyForm[];
}

/** Limits that a sibling holds: a number, or a list with one, at these positions, for each column of the last axis. */
export interface Within {
  readonly key: string;
  readonly elements?: readonly number[];
}

export interface KeypointAxis {
  readonly axis: number;
  /** Name of the convention, where the schema fixes it. */
  readonly convention?: string;
  /** Sibling that names it; `{key}` stands for the field's own key. */
  readonly field?: string;
  /** Taken, and filled in by reading, when that sibling is absent. */
  readonly default?: string;
  /** Conventions that an upgrade names where nothing does and the axis has this size (text: keys of JSON are). */
  readonly bySize?: Readonly<Record<string, string>>;
  /** Keypoints of each convention that may be named, as far as the schemas know them. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface LegacyForm {
  readonly shape?: readonly AxisSize[];
  readonly dtype?: readonly DTypeName[];
  /** Missing elements at the end of axes get this value, up to the fixed sizes of the current shape. */
  readonly fill?: number;
  /** dtype after the conversion. */
  readonly to?: DTypeName;
  readonly description: string;
}

export type Encoding =
  | { readonly codec: "mask-pack"; readonly axis: number; readonly mask: string; readonly when?: string }
  | { readonly codec: "quantize"; readonly step: number; readonly as: DTypeName }
  | { readonly codec: "delta"; readonly axis: number }
  | { readonly codec: "with-factor" };

/** A compressed sparse row matrix that stands for a dense array. */
export interface SparseLayout extends Common {
  readonly kind: "sparse";
  readonly layout: "csr";
  readonly dtype: DTypeName;
  readonly shape: readonly AxisSize[];
  readonly parts: { readonly data: string; readonly indices: string; readonly indptr: string };
  readonly keypoints?: KeypointAxis;
}

export interface ObjectLayout extends Common {
  readonly kind: "object";
  /** Symbols that this object, and everything below it, binds anew. */
  readonly dims?: Readonly<Record<string, Dim>>;
  readonly properties: Readonly<Record<string, FieldLayout>>;
  readonly required: readonly string[];
  /** Fields for keys that match, in schema order; the first match counts. Sources of regular expressions (flag `u`). */
  readonly patterns: readonly { readonly pattern: string; readonly field: FieldLayout }[];
  /** Other keys: described by a field, or `false` when there may be none. */
  readonly additional: FieldLayout | false;
  /** When the named boolean sibling is true, only properties that are no extensions are allowed. */
  readonly closed?: { readonly when: string };
  /** Lists under keys for which this expression (flag `u`) captures the same texts have no item in common. */
  readonly disjoint?: string;
}

export interface Dim {
  readonly role?: "frame" | "person" | "keypoint" | "vertex" | "channel";
  /** The only sizes allowed. */
  readonly size?: readonly number[];
  /** The sibling that states the size, or the difference of two. */
  readonly equals?: string | { readonly minus: readonly [string, string] };
  /** Value of that sibling that means "not known". */
  readonly unset?: number;
  readonly description?: string;
}

export interface ListLayout extends Common {
  readonly kind: "list";
  /** Leading elements with a layout of their own. */
  readonly prefix: readonly FieldLayout[];
  /** The remaining elements; `false` when there may be none. */
  readonly items: FieldLayout | false;
  readonly length?: number | string;
  readonly numbered?: Numbered;
  /** The member that has another value in each item. */
  readonly unique?: string;
  /** Symbols of the items' own scopes that have one size in all of them. */
  readonly uniform?: readonly string[];
  /** Members that all items have, or none. */
  readonly allOrNone?: readonly string[];
}

/** A list stored as numbered children: `pose0`, `datapoint_00001`. */
export interface Numbered {
  readonly prefix: string;
  readonly suffix: string;
  readonly from: number;
  /** Digits, with leading zeros; 0 for none. */
  readonly pad: number;
  readonly gaps: boolean;
}

export type ScalarType = "string" | "integer" | "number" | "boolean" | "null";

export interface ScalarLayout extends Common {
  readonly kind: "scalar";
  readonly types: readonly ScalarType[];
  /** The number counts the items of a list file, which has so many. */
  readonly labels?: { readonly list: string; readonly size: number };
  /** The text names an item of a list of the file. */
  readonly references?: References;
}

export interface References {
  /** Key of the root. */
  readonly list: string;
  /** The first of these members that the first item has holds the names. */
  readonly key: readonly string[];
  /** Whether every item must be named. */
  readonly complete?: boolean;
}

/** Whatever is stored, delivered as an exact `Value`; `is` narrows it to dicts (`Map`) or lists. */
export interface AnyLayout extends Common {
  readonly kind: "any";
  readonly is?: "dict" | "list";
  /** The only keys of a dict, which are numbers. */
  readonly numberKeys?: readonly number[];
}

/** The first branch that the stored value fits. */
export interface ChoiceLayout extends Common {
  readonly kind: "choice";
  readonly branches: readonly FieldLayout[];
}

export interface RefLayout extends Common {
  readonly kind: "ref";
  readonly name: string;
}
