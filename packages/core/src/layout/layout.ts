import type { ContainerCodec } from "../engine/container.js";
import type { Profile, Severity } from "../issues.js";
import type { DTypeName } from "../ndarray/dtype.js";
import type { MotionMark } from "./motion.js";
import type { DetectRule, StructureValidator } from "./recognise.js";
import type { RecordLayout } from "./records.js";

export type { BoxChannel, CameraPart, LensPart, MotionChannel, MotionMark, MotionPart } from "./motion.js";
export type { DetectRule, StructureError, StructureValidator } from "./recognise.js";
export type { JsonValue, RecordLayout, RecordMember } from "./records.js";

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
  /** What a file holds that is a stream of records, in order: properties of the root, of which a list is those that repeat. */
  readonly records?: readonly RecordLayout[];
  /** Shared and recursive parts, by the name that a {@link RefLayout} gives. */
  readonly defs: Readonly<Record<string, FieldLayout>>;
  readonly profiles: Readonly<
    Record<string, Profile & { readonly required?: Readonly<Record<string, readonly string[]>> }>
  >;
  /** Severities of issues by their rule (a pointer that ends with the keyword), where they are no errors. */
  readonly severity?: Readonly<Record<string, Severity>>;
  /**
   * Ajv-made check of structure; arrays appear in the value as `NdArray`s and pass it. Loaded when something is checked: it can be
   * longer than all the rest.
   */
  readonly structure?: () => Promise<StructureValidator>;
}

/** A kind of file that a data set can be stored as. */
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
  /** What reads and writes the files of a folder, by media type. Files of other types are bytes. */
  readonly media?: Readonly<Record<string, ContainerCodec>>;
}

/** What a value is and how it is stored, by its `kind`. */
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
  /** What the coordinates of arrays mean, and of objects and lists that are points. */
  readonly coordinates?: CoordinateAxes;
  /** Which part the value plays in people that move. */
  readonly motion?: MotionMark;
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

/**
 * `attribute`: an attribute of the group or array that stands for the object around it. `itself`: that array; the other members
 * are its attributes. `number`: the number in its name. `folder`, `file`: below the folder that stands for the object around it.
 */
export type Place =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "itself" }
  | { readonly kind: "number" }
  | { readonly kind: "folder"; readonly name: string }
  /** The name of the group or folder that stands for the object around it. */
  | { readonly kind: "name" }
  | FilePlace;

/** A file of its own, below the folder that stands for the object around it. */
export interface FilePlace {
  readonly kind: "file";
  /** Relative path; absent for members found by a pattern and for items of lists, whose own names it is. */
  readonly path?: string;
  readonly media: string;
  /** Of a file that is a group of arrays: the array of the first of these names that it has, or its only one. */
  readonly channel?: readonly string[];
  /** Names under which that array is written, each time the same. Default: the first name. */
  readonly copies?: readonly string[];
  /** Of a file that is a group of arrays: those of these names, one behind the other along a new last axis. */
  readonly channels?: readonly string[];
}

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
  /** Behind all members that are not, in the order of the schema. */
  readonly last?: true;
  /** dtype of a `scalar-array` or `array`; of a `string-array` `string` (default), or `bytes` for UTF-8. */
  readonly dtype?: DTypeName;
  /** Whether the group that stands for an object remembers in which order its members were written. */
  readonly ordered?: true;
}

/** A size: fixed, a symbol of an enclosing scope, `*` for any, `...` (first or last) for any number of axes. */
export type AxisSize = number | string;

/** An array of a fixed number of axes, or of any. */
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

/** Which axis counts keypoints, and what says under which convention. */
export interface KeypointAxis {
  readonly axis: number;
  /** Name of the convention, where the schema fixes it. */
  readonly convention?: string;
  /** Sibling that names it; `{key}` stands for the field's own key. */
  readonly field?: string;
  /** Taken, and filled in by reading, when that sibling is absent. */
  readonly default?: string;
  /**
   * Conventions by the size of the axis (text: keys of JSON are): of keypoints that have no such sibling; where there is one, an
   * upgrade names them in it.
   */
  readonly bySize?: Readonly<Record<string, string>>;
  /** Key of the root whose text tells the convention, by `names`. */
  readonly root?: string;
  /**
   * Conventions of each such text: of several the one with as many keypoints as the axis is long, else the longest shorter one, with
   * places at the end of the axis that are not used.
   */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Keypoints of each convention that may be named, as far as the schemas know them. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What coordinates mean. */
export interface CoordinateAxes {
  readonly up?: SignedAxis;
  /** The direction in which a camera looks that sees things from the front. */
  readonly forward?: SignedAxis;
  /** Of a point that is an object its keys, of one that is a list the positions in it that are the coordinates in order. */
  readonly columns?: readonly (string | number)[];
}

/** A direction along an axis of coordinates: the first, second or third one growing or, with a minus, falling. */
export type SignedAxis = "x" | "-x" | "y" | "-y" | "z" | "-z";

/** An outdated form of an array: how it is recognised, and what becomes of it. */
export interface LegacyForm {
  readonly shape?: readonly AxisSize[];
  readonly dtype?: readonly DTypeName[];
  /** Missing elements at the end of axes get this value, up to the fixed sizes of the current shape. */
  readonly fill?: number;
  /** dtype after the conversion. */
  readonly to?: DTypeName;
  readonly description: string;
}

/** What was done to the elements of an array before they were stored. */
export type Encoding =
  | { readonly codec: "mask-pack"; readonly axis: number; readonly mask: string; readonly when?: string }
  | Quantize
  | { readonly codec: "delta"; readonly axis: number }
  | { readonly codec: "with-factor" };

/** Numbers rounded to whole steps, of which `per / step` make one unit of the value. */
export interface Quantize {
  readonly codec: "quantize";
  /** Size of a step unless the writer is told another. */
  readonly step: number;
  /** dtype of what is stored in the end. */
  readonly as: DTypeName;
  /** Units of `step` in one unit of the value. Default 1. */
  readonly per?: number;
  /** Under which name a writer is told another step. */
  readonly option?: string;
}

/** A compressed sparse row matrix that stands for a dense array. */
export interface SparseLayout extends Common {
  readonly kind: "sparse";
  readonly layout: "csr";
  /** The first is written when a plain array has to be given a type; all are accepted. */
  readonly dtype: readonly DTypeName[];
  /** Rows, columns, and what one element is made of. */
  readonly shape: readonly AxisSize[];
  readonly parts: { readonly data: string; readonly indices: string; readonly indptr: string };
  /**
   * What in the file says how many columns there are, beside the parts: an array or an attribute of two numbers, rows and columns,
   * or of columns alone; `largest-index` nothing but the largest position. Default: objects around, or the shape.
   */
  readonly columns?: { readonly array: string } | { readonly attribute: string } | "largest-index";
  /** dtypes in which positions are written. Default int32. */
  readonly written?: { readonly indices?: DTypeName; readonly indptr?: DTypeName };
  /** The number of an element by which it is stored or left out: the latter when it is 0. Default: when all are 0. */
  readonly decides?: number;
  readonly keypoints?: KeypointAxis;
}

/** An object by its keys: a dict, a group or a folder. */
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
  /** Its keys that are numbers are all numbers between these two, both included, with leading zeros or without. */
  readonly consecutive?: { readonly from: number; readonly to: number };
  /** Members with the first number that the object goes over and the one behind the last, within the span of an object around. */
  readonly span?: { readonly start: string; readonly end: string };
}

/** What is known of the size that a symbol stands for. */
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

/** A list, numbered groups, or the files of a folder. */
export interface ListLayout extends Common {
  readonly kind: "list";
  /** Leading elements with a layout of their own. */
  readonly prefix: readonly FieldLayout[];
  /** The remaining elements; `false` when there may be none. */
  readonly items: FieldLayout | false;
  readonly length?: number | string;
  readonly numbered?: Numbered;
  readonly named?: Named;
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

/** A list stored as children whose names match, in the order of their names. */
export interface Named {
  /** Source of a regular expression (flag `u`). Left out: whatever no other member is stored as. */
  readonly pattern?: string;
}

/** Types of JSON Schema that a single value can have. */
export type ScalarType = "string" | "integer" | "number" | "boolean" | "null";

/** A single value. */
export interface ScalarLayout extends Common {
  readonly kind: "scalar";
  readonly types: readonly ScalarType[];
  /** The number counts the items of a list file, which has so many. */
  readonly labels?: { readonly list: string; readonly size: number };
  /** The text names an item of a list of the file. */
  readonly references?: References;
  /** The text is a version, of which these major numbers are understood. */
  readonly majors?: readonly number[];
  /** The text is the name of a file in the folder in which the value's own file lies. */
  readonly fileName?: true;
  /** The text is the path of a file that has the rest of the object around. */
  readonly elsewhere?: Elsewhere;
}

/** Where the rest of an object is in another file. */
export interface Elsewhere {
  /** The key beside with the name that the object has there. */
  readonly entry: string;
}

/** The items that a text, or each text of a list, names. */
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

/** A part of the layout that several places share. */
export interface RefLayout extends Common {
  readonly kind: "ref";
  readonly name: string;
}
