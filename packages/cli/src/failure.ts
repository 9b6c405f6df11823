import type { Problem } from "@somakit/codegen";
import type { FormatError, FormatErrorCode, Issue } from "@somakit/core";
import { IssueError, isFormatError } from "@somakit/core/errors";
import { FaultySchemas } from "./schemas/faults.js";

/** What the process ends with. The highest of all files counts. */
export const EXIT = {
  fine: 0,
  invalid: 1,
  usage: 2,
  unreadable: 3,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What several files together end with. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return [...codes].sort((a, b) => b - a)[0] ?? EXIT.fine;
}

/** The command was called in a way that it cannot be: an option, a name or a path that does not exist. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** An option or argument is wrong whatever the file holds, so that messages do not name it. */
export class OptionError extends UsageError {
  override readonly name = "OptionError";
}

/** The content can be read, yet is no data set that is known. */
export class UnknownDataset extends Error {
  override readonly name = "UnknownDataset";
  readonly hint = "somakit formats lists the data sets that are known; --as ID checks the file as one of them";

  constructor(container: string) {
    super(`this ${container === "folder" ? container : `${container} file`} is no data set that is known`);
  }
}

export interface AnnotationOptions {
  /** The file that the error is about, where that is not the command's first one. */
  readonly file?: string | undefined;
  /** What to do about it, where that depends on the command. */
  readonly hint?: string | undefined;
  /** What the process ends with, where the error alone does not tell. */
  readonly exit?: ExitCode | undefined;
}

/** An error with what the command knows about it. */
export class Annotated extends Error {
  override readonly name = "Annotated";
  override readonly cause: unknown;
  readonly annotation: AnnotationOptions;

  constructor(cause: unknown, annotation: AnnotationOptions) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.cause = cause;
    this.annotation = annotation;
  }
}

/** What `work` gives; errors in it are about `file`, unless they say something else. */
export async function about<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Annotated(error, { file });
  }
}

/** An error in words, for people and for `--json`. */
export interface Failure {
  readonly exit: ExitCode;
  /** A `FormatErrorCode`, a code of the system such as `ENOENT`, `usage`, `unknown-dataset`, `failed` or `unexpected`. */
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly offset?: number;
  /** The file that it is about, where that is not the command's first one; null when it is about none. */
  readonly file?: string | null;
  readonly hint?: string;
  /** Why a value was refused. */
  readonly issues?: readonly Issue[];
  /** What is wrong with schemas. */
  readonly problems?: readonly Problem[];
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Annotated) {
    const { file, hint, exit } = error.annotation;
    const failure = failureOf(error.cause);
    const named = file === undefined ? failure : { file, ...failure };
    return { ...named, exit: exit ?? failure.exit, ...hintOf(hint) };
  }
  if (error instanceof UsageError) {
    const file = error instanceof OptionError ? { file: null } : {};
    return { exit: EXIT.usage, code: "usage", message: error.message, ...file, ...hintOf(error.hint) };
  }
  if (error instanceof UnknownDataset)
    return { exit: EXIT.invalid, code: "unknown-dataset", message: error.message, hint: error.hint };
  if (error instanceof FaultySchemas)
    return { exit: EXIT.invalid, code: "schema", message: error.message, file: null, problems: error.problems };
  if (isFormatError(error)) return formatFailure(error);
  if (error instanceof IssueError) return refusedFailure(error);
  const system = systemMessage(error);
  if (system) return { exit: EXIT.unreadable, ...system };
  const message = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error);
  // Plain errors are meant for users (a server's answer, an empty folder); the others are faults of a program.
  if (error instanceof Error && error.constructor === Error) return { exit: EXIT.unreadable, code: "failed", message };
  return { exit: EXIT.unreadable, code: "unexpected", message, hint: "--verbose shows where this happened" };
}

function formatFailure(error: FormatError): Failure {
  const { code, issues } = error;
  // Without issues it was not a data set that could not be written.
  const hint = code === "unwritable" && issues.length === 0 ? undefined : HINTS[code];
  return {
    exit: EXITS[code] ?? EXIT.unreadable,
    code,
    message: error.reason,
    ...(error.path === "" ? {} : { path: error.path }),
    ...(error.offset === undefined ? {} : { offset: error.offset }),
    ...hintOf(hint),
    ...(issues.length === 0 ? {} : { issues }),
  };
}

/** A value that breaks the schema, or the state of what should take it. */
function refusedFailure({ code, path, issues }: IssueError): Failure {
  const [{ message }, ...more] = issues;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return { exit: EXIT.invalid, code, message: `${message}${rest}`, ...(path === "" ? {} : { path }), issues };
}

/** Bytes that can be read, yet are not what the schema says. All other errors are about bytes that cannot. */
const EXITS: Readonly<Partial<Record<FormatErrorCode, ExitCode>>> = {
  mismatch: EXIT.invalid,
  missing: EXIT.invalid,
  unwritable: EXIT.invalid,
  exists: EXIT.usage,
};

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

const DAMAGED = "the file is damaged: get another copy of it";

const HINTS: Readonly<Partial<Record<FormatErrorCode, string>>> = {
  truncated: "the file is incomplete: copy or download it again",
  corrupt: DAMAGED,
  checksum: DAMAGED,
  "not-this-format": "somakit formats lists what can be read",
  refused: "no code that a file names is run, and nothing outside of it is read",
  limit: "what the file states cannot be right, or is more than this machine can hold",
  mismatch: "somakit validate lists everything that is not as the schema says",
  missing: "somakit validate lists everything that is not as the schema says",
  unwritable: "somakit validate lists what is wrong with the data; nothing was written",
  exists: "--force replaces it",
};

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EISDIR: "it is a folder; a file is needed",
  ENOTDIR: "a part of its path is no folder",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
  ENOSPC: "the disk is full",
  EDQUOT: "there is no room left for this user on the disk",
  EFBIG: "it grows larger than files may be here",
  EROFS: "nothing can be written there",
  ECONNREFUSED: "the server does not answer",
  ECONNRESET: "the server has ended the connection",
  ENOTFOUND: "the server's name is not known",
};

/** What the operating system said, in words. */
function systemMessage(error: unknown): { readonly code: string; readonly message: string } | undefined {
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined);
  if (code === undefined) return undefined;
  return { code, message: SYSTEM[code] ?? (error as Error).message };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^E[A-Z0-9_]+$/.test(code) && !code.startsWith("ERR_") ? code : undefined;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error && cause.message !== "" ? ` (${cause.message})` : "";
}

/** `path: message (byte 12)`. */
export function failureText({ path, message, offset }: Failure): string {
  // Some paths go hundreds of levels deep.
  const place = path !== undefined && path.length > 200 ? `${path.slice(0, 100)}…${path.slice(-99)}` : path;
  return `${place === undefined ? "" : `${place}: `}${message}${offset === undefined ? "" : ` (byte ${offset})`}`;
}
