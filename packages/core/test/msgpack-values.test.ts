import { describe, expect, it } from "vitest";
import { readMsgpack, writeMsgpack } from "../src/codec/msgpack/index.js";
import { readPickle, writePickle } from "../src/codec/pickle/index.js";
import { sameValue } from "../src/engine/select/equal.js";
import { dtype } from "../src/ndarray/dtype.js";
import { digest } from "../src/tree/digest.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { plain } from "../src/value/plain.js";
import { ExtValue, NanFloat, NumpyScalar, Timestamp, type Value } from "../src/value/value.js";
import { unhex } from "./support-msgpack.js";

const moment = new Timestamp(1700000000, 5);
const extension = new ExtValue(42, Uint8Array.of(1, 2));
const odd = new NanFloat(0xfff8000000000000n);

describe("values that only msgpack stores", () => {
  it("have a digest", async () => {
    const value: Value = new Map<string, Value>([
      ["ts", moment],
      ["far", new Timestamp(2n ** 60n)],
      ["ext", extension],
      ["nan", odd],
    ]);
    const { x } = await digest(nodeOfValue(value), { container: "x" });
    expect(x).toEqual({
      dict: {
        ts: { timestamp: [1700000000, 5] },
        far: { timestamp: [{ py: "1152921504606846976" }, 0] },
        ext: { ext: [42, "0102"] },
        nan: { py: "nan" },
      },
    });
  });

  it("are equal when what is in them is", () => {
    expect(sameValue(moment, new Timestamp(1700000000, 5))).toBe(true);
    expect(sameValue(moment, new Timestamp(1700000000, 6))).toBe(false);
    expect(sameValue(new Timestamp(5), new Timestamp(5n))).toBe(true);
    expect(sameValue(extension, new ExtValue(42, Uint8Array.of(1, 2)))).toBe(true);
    expect(sameValue(extension, new ExtValue(42, Uint8Array.of(1, 3)))).toBe(false);
    expect(sameValue(extension, new ExtValue(41, Uint8Array.of(1, 2)))).toBe(false);
    expect(sameValue(extension, moment)).toBe(false);
  });

  it("are scalars of a tree, and stay as they are in everyday JavaScript", () => {
    for (const value of [moment, extension]) {
      expect(nodeOfValue(value)).toEqual({ kind: "scalar", path: "", value });
      expect(plain(value)).toBe(value);
    }
    expect(plain(odd)).toBeNaN();
  });

  it("are refused by a pickle, but for NaN", () => {
    for (const value of [moment, extension]) expect(() => writePickle(value)).toThrow(/no place in a pickle/);
    expect(readPickle(writePickle([odd]))).toEqual([Number.NaN]);
  });
});

it("the bits of a numpy scalar survive the way through a pickle's writer", () => {
  const bytes = unhex("83 c4026e64 c2 c40474797065 a33c6634 c40464617461 c404 010080ff");
  const scalar = readMsgpack(bytes) as NumpyScalar;
  expect(Buffer.from(writePickle(scalar)).includes(Buffer.from("010080ff", "hex"))).toBe(true);
  expect(writeMsgpack(scalar)).toEqual(bytes);
  expect(new NumpyScalar(dtype("<f4"), 1).stored).toBeUndefined();
});
