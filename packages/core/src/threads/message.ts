import { FormatError, type FormatErrorCode } from "../errors.js";

/** What goes to a thread. */
export interface Request {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
}

/** What comes back from it. */
export type Reply =
  | { readonly output: unknown }
  | { readonly error: unknown; readonly format?: FormatParts | undefined };

/** A `FormatError` without its class, which cloning drops. */
interface FormatParts {
  readonly code: FormatErrorCode;
  readonly reason: string;
  readonly path: string;
  readonly offset: number | undefined;
}

/** By name and not by class: the module that a thread loads may have a copy of this package of its own. */
function isFormatParts(error: unknown): error is FormatParts {
  return error instanceof Error && error.name === "FormatError" && "code" in error && "reason" in error;
}

export function failure(error: unknown): Reply {
  if (!isFormatParts(error)) return { error: error instanceof Error ? error : String(error) };
  const { code, reason, path, offset } = error;
  return { error: undefined, format: { code, reason, path, offset } };
}

export function revived({ error, format }: Extract<Reply, { readonly error: unknown }>): unknown {
  if (!format) return error;
  return new FormatError(format.code, format.reason, { path: format.path, offset: format.offset });
}
