import { type FormatError, type FormatErrorCode, isFormatError } from "@somakit/core";

/** What the process ends with. The highest of all files counts. */
export const EXIT = { fine: 0, invalid: 1, usage: 2, unreadable: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What several files together end with. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return [...codes].sort((a, b) => b - a)[0] ?? EXIT.fine;
}

/** The command was called in a way that it cannot be: an option, a name or a path that does not exist. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The content can be read, yet is no data set that is known. */
export class UnknownDataset extends Error {
  override readonly name = "UnknownDataset";
  readonly hint = "somakit formats lists the data sets that are known; --as ID checks the file as one of them";
}

/** An error in words, for people and for `--json`. */
export interface Failure {
  readonly exit: ExitCode;
  /** A `FormatErrorCode`, a code of the system such as `ENOENT`, `usage`, `unknown-dataset`, `failed` or `unexpected`. */
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly offset?: number;
  readonly hint?: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exit: EXIT.usage, code: "usage", message: error.message, ...hintOf(error.hint) };
  if (error instanceof UnknownDataset)
    return { exit: EXIT.invalid, code: "unknown-dataset", message: error.message, hint: error.hint };
  if (isFormatError(error)) return formatFailure(error);
  const system = systemMessage(error);
  if (system) return { exit: EXIT.unreadable, ...system };
  const message = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error);
  // Plain errors are meant for users (a server's answer, an empty folder); the others are faults of a program.
  if (error instanceof Error && error.constructor === Error) return { exit: EXIT.unreadable, code: "failed", message };
  return { exit: EXIT.unreadable, code: "unexpected", message, hint: "--verbose shows where this happened" };
}

function formatFailure(error: FormatError): Failure {
  return {
    exit: EXIT.unreadable,
    code: error.code,
    message: error.reason,
    ...(error.path === "" ? {} : { path: error.path }),
    ...(error.offset === undefined ? {} : { offset: error.offset }),
    ...hintOf(HINTS[error.code]),
  };
}

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

const DAMAGED = "the file is damaged: get another copy of it";

const HINTS: Readonly<Partial<Record<FormatErrorCode, string>>> = {
  truncated: "the file is incomplete: copy or download it again",
  corrupt: DAMAGED,
  checksum: DAMAGED,
  "not-this-format": "somakit formats lists what can be read",
  refused: "files are read without running any code that they name",
  limit: "the stated size cannot be right, or is more than this machine can hold",
};

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "there is no permission to read it",
  EISDIR: "it is a folder; a file is needed",
  ENOTDIR: "a part of its path is no folder",
  EMFILE: "too many files are open",
  ENOSPC: "the disk is full",
  ECONNREFUSED: "the server does not answer",
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
