import { FormatError } from "../../errors.js";
import { decodeText } from "./header.js";

/** Records of an extended header (POSIX `pax`): what they say counts more than the header of the entry behind them. */
export type PaxRecords = ReadonlyMap<string, string>;

/** Reads `length key=value\n` records. Values that matter to nobody here may be in any encoding. */
export function parsePax(bytes: Uint8Array, offset: number): PaxRecords {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.byteLength; ) {
    const place = offset + at;
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? "" : String.fromCharCode(...bytes.subarray(at, Math.min(space, at + 16)));
    const length = /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space + 1);
    if (end > bytes.byteLength || end <= space + 2 || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end)
      throw new FormatError("corrupt", "a record of an extended header cannot be read", { offset: place });
    const key = decodeText(bytes.subarray(space + 1, equals), place);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key === "path" || key === "size") records.set(key, decodeText(value, place));
    else records.set(key, "");
    at = end;
  }
  return records;
}

/** The size that the records state; undefined when they state none. */
export function paxSize(records: PaxRecords, offset: number): number | undefined {
  const text = records.get("size");
  if (text === undefined || text === "") return undefined;
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new FormatError("corrupt", `an extended header states the size ${JSON.stringify(text)}`, { offset });
}
