import { FormatError } from "@somakit/core/errors";

/** The error of a value that is not what its place asks for. */
export function mismatch(reason: string, path: string, cause?: unknown): FormatError {
  return new FormatError("mismatch", reason, { path, cause });
}

/**
 * The first number of a `version`, 1 where a file has none. Throws `FormatError` `unsupported` for one that is not known, `mismatch`
 * for text that is no version.
 */
export function majorVersion(version: unknown, known: readonly number[]): number {
  if (version === undefined || version === null) return 1;
  const match = typeof version === "string" ? /^(\d+)(?:\.\d+)*$/.exec(version) : null;
  if (!match) throw mismatch(`${JSON.stringify(version)} is no version`, "version");
  const major = Number(match[1]);
  if (known.includes(major)) return major;
  const expected = known.join(" or ");
  throw new FormatError(
    "unsupported",
    `version ${version}: major version ${match[1]} is not known (${expected} expected)`,
    {
      path: "version",
    },
  );
}
