import type { Issue, IssueCode } from "./issues.js";

/**
 * Why bytes could not be read or written.
 *
 * - `truncated`: the bytes end before the structure does
 * - `not-this-format`: the bytes are of another format (wrong magic)
 * - `corrupt`: the structure contradicts itself
 * - `checksum`: stored and computed checksums differ
 * - `unsupported`: well-formed, but a method, version or type that is not supported
 * - `refused`: reading on would run code or leave the file
 * - `limit`: a declared size exceeds what the file can hold, or a limit set by the caller
 * - `mismatch`: a value has not the type, dtype or shape that the schema states
 * - `missing`: a value that the schema requires is not there
 * - `unwritable`: the value cannot be represented in the target format
 * - `exists`: the target is there already and was not to be replaced
 */
export type FormatErrorCode =
  | "truncated"
  | "not-this-format"
  | "corrupt"
  | "checksum"
  | "unsupported"
  | "refused"
  | "limit"
  | "mismatch"
  | "missing"
  | "unwritable"
  | "exists";

/** Where and why bytes are not what they claim to be. */
export interface FormatErrorOptions {
  /** Where inside the file: an archive entry or a value path such as `annotations[3].keypoint`. */
  readonly path?: string | undefined;
  /** Byte position, counted from the start of the innermost stream that `path` names. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
  /** The issues that made a writer refuse a value. */
  readonly issues?: readonly Issue[] | undefined;
}

/** The bytes are not what they claim to be. Values that merely break a schema are an `Issue` instead. */
export class FormatError extends Error {
  override readonly name: string = "FormatError";
  readonly code: FormatErrorCode;
  readonly path: string;
  readonly offset: number | undefined;
  /** The sentence without path and offset. */
  readonly reason: string;
  /** What is wrong with a value that was not written; empty for all other errors. */
  readonly issues: readonly Issue[];

  constructor(code: FormatErrorCode, reason: string, options: FormatErrorOptions = {}) {
    const path = options.path ?? "";
    const at = options.offset === undefined ? "" : ` (byte ${options.offset})`;
    super(
      `${path === "" ? "" : `${path}: `}${reason}${at}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.reason = reason;
    this.path = path;
    this.offset = options.offset;
    this.issues = options.issues ?? [];
  }

  /** The same error seen from an enclosing container, whose name for the content is `prefix`. */
  within(prefix: string): FormatError {
    const path = this.path === "" ? prefix : this.path.startsWith("[") ? prefix + this.path : `${prefix}/${this.path}`;
    return new FormatError(this.code, this.reason, { path, offset: this.offset, cause: this });
  }
}

/** True when `error` is a {@link FormatError}, with one of `codes` if any are given. */
export function isFormatError(error: unknown, ...codes: readonly FormatErrorCode[]): error is FormatError {
  return error instanceof FormatError && (codes.length === 0 || codes.includes(error.code));
}

/**
 * A value in memory was refused because it breaks the schema, or because the state of what should take it does not allow
 * it. Says key, rule and what was found; code that wants them apart takes them from `issues`.
 */
export class IssueError extends Error {
  override readonly name: string = "IssueError";
  /** What is wrong, the gravest first; never empty. */
  readonly issues: readonly [Issue, ...Issue[]];

  constructor(issues: readonly [Issue, ...Issue[]], options: { readonly cause?: unknown } = {}) {
    const [{ path, message }] = issues;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
    super(
      `${path === "" ? "" : `${path}: `}${message}${more}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.issues = issues;
  }

  /** Code of the first issue. */
  get code(): IssueCode {
    return this.issues[0].code;
  }

  /** Path of the first issue: the key that was refused, or a place inside its value. */
  get path(): string {
    return this.issues[0].path;
  }
}
