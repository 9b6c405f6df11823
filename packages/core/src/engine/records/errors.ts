import { FormatError } from "../../errors.js";

/**
 * The same error as one of a record. What is inside the record is named as its member (`frames[1].camera`), what is of the
 * file as below it (`frames[12]/streams[2].blocks[0]`).
 */
export function recordError(error: unknown, record: string): unknown {
  if (!(error instanceof FormatError)) return error;
  if (error.path === "" || error.path.startsWith("streams[")) return error.within(record);
  const path = error.path.startsWith("[") ? `${record}${error.path}` : `${record}.${error.path}`;
  return new FormatError(error.code, error.reason, { path, offset: error.offset, cause: error });
}
