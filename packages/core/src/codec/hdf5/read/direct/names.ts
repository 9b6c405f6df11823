import { FormatError } from "../../../../errors.js";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A name. Throws `FormatError` `corrupt` for bytes that are no UTF-8: of those the library makes something else every time. */
export function nameIn(bytes: Uint8Array, whose: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FormatError("corrupt", `the name of ${whose} is no UTF-8`);
  }
}
