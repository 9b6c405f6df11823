import { FormatError, type FormatErrorCode } from "../../../errors.js";
import type { Outcome } from "./library.js";
import { FOLDER } from "./virtual-file.js";

/** What HDF5's reports speak of, and what that means; the first that fits counts. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: FormatErrorCode, reason: string])[] = [
  [/file signature not found/, "not-this-format", "this is no HDF5 file"],
  [/truncated file/, "truncated", "the file is shorter than it says"],
  [/required filter '([^']*)' is not registered|unable to open (?:shared|dynamic) library/, "unsupported", ""],
  [
    /addr overflow|address overflow|file read failed: .*actual bytes read|past (?:the )?end of|end of file/i,
    "truncated",
    "",
  ],
  [/checksum|[Ff]letcher32/, "checksum", "a checksum is wrong"],
  [/too many (?:soft )?links/i, "refused", "its links lead in a circle"],
  [/memory allocation failed|[Nn]o space available for allocation/, "limit", "there is not enough memory for it"],
  [/bad version number|unknown .*version|wrong .*version number/i, "unsupported", ""],
];

/**
 * The `FormatError` that a failed call stands for; its cause holds HDF5's report as it is. `undefined` when nothing went
 * wrong.
 */
export function failureOf(outcome: Outcome<unknown>, path: string): FormatError | undefined {
  const { thrown, refused } = outcome;
  const report = relevant(outcome.report);
  if (thrown === undefined && report === "" && refused === undefined) return undefined;
  if (thrown instanceof FormatError) return located(thrown, path);
  const cause = new Error(report.trim() || String(thrown), thrown === undefined ? {} : { cause: thrown });
  if (refused !== undefined) return otherFile(withoutFolder(refused), path, cause);
  for (const [pattern, code, reason] of MEANINGS) {
    const match = pattern.exec(report);
    if (match) return new FormatError(code, reason || `HDF5 says: ${sentence(report)}`, { path, cause });
  }
  return new FormatError("corrupt", `HDF5 cannot read it: ${sentence(report) || String(thrown)}`, { path, cause });
}

/** The error with the place inside the file, if it does not say one. */
export function located(error: FormatError, path: string): FormatError {
  if (error.path !== "") return error;
  return new FormatError(error.code, error.reason, { path, offset: error.offset, cause: error.cause });
}

/** The error of an object whose data are in the file `name`: a file must not make its reader read others. */
export function otherFile(name: string, path: string, cause?: unknown): FormatError {
  return new FormatError("refused", `its data are in another file, ${JSON.stringify(name)}`, { path, cause });
}

/** HDF5 looks for relative names beside the file, which lies in a folder that nobody knows. */
function withoutFolder(name: string): string {
  return name.replace(FOLDER, "").replace(/^\/\//, "");
}

/** Without what h5wasm ignores as well: enums cannot be turned to little-endian, and are handed out as they are. */
function relevant(report: string): string {
  if (!report.includes("H5Tset_order")) return report;
  const stacks = report.split(/^(?=HDF5-DIAG)/m);
  return stacks.filter((stack) => !/#000:.* in H5Tset_order\(\)/.test(stack)).join("");
}

/** The innermost line of a report, without its place in the library: that is what went wrong first. */
function sentence(report: string): string {
  const lines = report.split("\n").filter((line) => /^\s*#\d+:/.test(line));
  const last = lines.at(-1) ?? "";
  return /\(\): (.*)$/.exec(last)?.[1]?.trim() ?? "";
}
