import fc from "fast-check";
import { Packr, Unpackr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { readMsgpack, writeMsgpack } from "../src/codec/msgpack/index.js";
import { plain } from "../src/value/plain.js";
import { Float, type Value } from "../src/value/value.js";
import { hex, payload, unhex } from "./support-msgpack.js";
import { plainValues } from "./support-msgpack-values.js";

/** msgpackr, told to be as exact as it can. */
const options = { mapsAsObjects: false, useRecords: false, int64AsType: "bigint", variableMapSize: true } as const;
const unpackr = new Unpackr(options);
const packr = new Packr(options);

/** A value as msgpackr knows it: whole floats are ints and the other way round, objects have no order, bytes are Buffers. */
function coarse(value: unknown): unknown {
  if (value instanceof Float) return Number(value);
  if (typeof value === "bigint" && value <= 2n ** 53n && value >= -(2n ** 53n)) return Number(value);
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(coarse);
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, item]) => [coarse(key), coarse(item)] as [string, unknown]);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("msgpackr", () => {
  it("reads what we write", () => {
    fc.assert(
      fc.property(plainValues, (value) => {
        expect(coarse(unpackr.unpack(writeMsgpack(value)))).toEqual(coarse(value));
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it("writes what we read", () => {
    fc.assert(
      fc.property(plainValues, (value) => {
        expect(coarse(readMsgpack(packr.pack(plain(value))))).toEqual(coarse(value));
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it("finds as many values in the payload of a file", () => {
    for (const name of ["other_keys", "camera", "v010", "varying_people"]) {
      const bytes = payload(name);
      const values = unpackr.unpackMultiple(bytes) as unknown[];
      const ours = readMsgpack(new Uint8Array(Buffer.concat([unhex(`dc 000${values.length.toString(16)}`), bytes])), {
        numpy: "maps",
      });
      expect(coarse(ours)).toEqual(values.map(coarse));
    }
  });

  // What keeps it from being the codec: see "msgpack is our own" in the decisions.
  it("does not give back the bytes of values that Python wrote", () => {
    const whole = writeMsgpack(new Float(2));
    expect(hex(packr.pack(unpackr.unpack(whole)))).not.toBe(hex(whole));
    expect(unpackr.unpack(unhex("a1ff"))).toBe("\ufffd");
    expect(() => unpackr.unpack(unhex("d62a00000000"))).toThrow(/extension/i);
    const keys = new Map<Value, Value>([[Uint8Array.of(1), 1]]);
    expect(hex(writeMsgpack(readMsgpack(writeMsgpack(keys))))).toBe(hex(writeMsgpack(keys)));
  });
});
