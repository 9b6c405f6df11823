import { expect } from "vitest";
import { readPickle } from "../src/codec/pickle/index.js";
import { Op } from "../src/codec/pickle/opcodes.js";
import type { Value } from "../src/value/value.js";
import { sameValues, WAYS } from "./support-pickle.js";

/** Bytes from opcodes, numbers and text. */
export function stream(
  ...parts: readonly (keyof typeof Op | number | { readonly raw: string | Uint8Array })[]
): Uint8Array {
  const bytes: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") bytes.push(part);
    else if (typeof part === "string") bytes.push(Op[part]);
    else if (typeof part.raw === "string") for (const byte of Buffer.from(part.raw, "latin1")) bytes.push(byte);
    else for (const byte of part.raw) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Operands of {@link stream}. */
export const raw = (text: string | Uint8Array): { readonly raw: string | Uint8Array } => ({ raw: text });
export const u32 = (value: number): { readonly raw: Uint8Array } => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return { raw: bytes };
};

export const ENCODE = stream("GLOBAL", raw("_codecs\nencode\n"));

/** Reads in every way and makes sure that the result is the same. */
export async function readAll(bytes: Uint8Array, options: Parameters<typeof readPickle>[1] = {}): Promise<Value> {
  const value = readPickle(bytes, options);
  for (const [way, read] of Object.entries(WAYS)) expect(sameValues(await read(bytes, options), value), way).toBe(true);
  return value;
}

export const RECONSTRUCT = stream(
  "GLOBAL",
  raw("numpy.core.multiarray\n_reconstruct\n"),
  "GLOBAL",
  raw("numpy\nndarray\n"),
  "BININT1",
  0,
  "TUPLE1",
  "SHORT_BINBYTES",
  1,
  raw("b"),
  "TUPLE3",
  "REDUCE",
);

export function dtypeOf(code: string, order: string, itemSize = -1, flags = 0): Uint8Array {
  return stream(
    "GLOBAL",
    raw("numpy\ndtype\n"),
    "SHORT_BINUNICODE",
    code.length,
    raw(code),
    "NEWFALSE",
    "NEWTRUE",
    "TUPLE3",
    "REDUCE",
    "MARK",
    "BININT1",
    3,
    "SHORT_BINUNICODE",
    1,
    raw(order),
    "NONE",
    "NONE",
    "NONE",
    "BININT",
    u32(itemSize >>> 0),
    "BININT",
    u32(0xffffffff),
    "BININT1",
    flags,
    "TUPLE",
    "BUILD",
  );
}

export function objectArray(items: Uint8Array, count: number, flag: "NEWTRUE" | "NEWFALSE" = "NEWFALSE"): Uint8Array {
  const state = stream("MARK", "BININT1", 1, "BININT1", count, "TUPLE1", raw(dtypeOf("O8", "|", -1, 63)), flag);
  return stream(
    raw(RECONSTRUCT),
    "MEMOIZE",
    raw(state),
    "EMPTY_LIST",
    "MARK",
    raw(items),
    "APPENDS",
    "TUPLE",
    "BUILD",
    "STOP",
  );
}

export function int8Array(shape: Uint8Array, data: Uint8Array, flag: "NEWTRUE" | "NEWFALSE" = "NEWFALSE"): Uint8Array {
  const state = stream(
    "MARK",
    "BININT1",
    1,
    raw(shape),
    raw(dtypeOf("i1", "|")),
    flag,
    "SHORT_BINBYTES",
    data.length,
    raw(data),
  );
  return stream(raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD");
}

/** A whole stream that holds an array of up to 255 bytes. */
export function arrayWith(shape: Uint8Array, dtype: Uint8Array, data: Uint8Array): Uint8Array {
  const state = stream(
    "MARK",
    "BININT1",
    1,
    raw(shape),
    raw(dtype),
    "NEWFALSE",
    "SHORT_BINBYTES",
    data.length,
    raw(data),
  );
  return stream("PROTO", 4, raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD", "STOP");
}
