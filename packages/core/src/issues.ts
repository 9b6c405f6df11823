/**
 * What is wrong with a value.
 *
 * - `missing`: a required value is not there
 * - `unknown-key`: a key that the schema does not know, or not in strict files
 * - `type`: another kind of value than the schema states
 * - `dtype`, `shape`: an array of another dtype or shape
 * - `symbol`: sizes that must agree differ (the same axis symbol has two values)
 * - `range`: a value outside the allowed set or interval
 * - `encoding`: the stored form cannot be decoded with what the file says about it
 * - `convention`: keypoint count or name does not fit the convention
 * - `legacy`: an outdated form that is still understood
 * - `constraint`: any other rule of the schema (if/then, anyOf, pattern, …)
 * - `unreadable`: the value's bytes are damaged; the message is that of the FormatError
 */
export type IssueCode =
  | "missing"
  | "unknown-key"
  | "type"
  | "dtype"
  | "shape"
  | "symbol"
  | "range"
  | "encoding"
  | "convention"
  | "legacy"
  | "constraint"
  | "note"
  | "unreadable";

/** How grave an issue is: only an `error` makes a file invalid. */
export type Severity = "error" | "warning" | "info";

/** One way in which a value breaks its schema. */
export interface Issue {
  readonly code: IssueCode;
  readonly severity: Severity;
  /** Where inside the file, such as `smpl.body_pose`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The schema rule: `$id` and JSON pointer. */
  readonly rule: string;
  /** What the user can do about it. */
  readonly hint?: string;
}

/** Which severity each code gets. Codes that are not listed keep the severity that the rule gives them. */
export interface Profile {
  readonly description: string;
  readonly severity: Readonly<Partial<Record<IssueCode, Severity | "off">>>;
}
