import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMsgpack, writeMsgpack } from "../src/codec/msgpack/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import type { Value } from "../src/value/value.js";
import { describeWithMsgpack, goldenValues, hex, keepGolden, unhex } from "./support-msgpack.js";
import { msgpackValues } from "./support-msgpack-values.js";
import { python, withFolder } from "./support-python.js";

/** Prints what msgpack and msgpack-numpy write for each expression of a JSON file. */
const PACK = `
import collections, functools, json, struct, sys
import msgpack as m, msgpack_numpy, numpy as np
for text in json.load(open(sys.argv[1])):
    print(msgpack_numpy.packb(eval(text)).hex())
`;

/** Reads the files and writes them again, as FILE.again. */
const AGAIN = `
import sys
import msgpack_numpy
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        value = msgpack_numpy.unpackb(file.read())
    with open(path + ".again", "wb") as file:
        file.write(msgpack_numpy.packb(value))
`;

const LONG = [
  "'x' * 65535",
  "'é' * 65536",
  "b'x' * 65536",
  "[0] * 65536",
  "{str(i): None for i in range(65536)}",
  "m.ExtType(127, b'x' * 65536)",
  "np.arange(1000000, dtype='i4')",
];

describe("what Python's msgpack and msgpack-numpy wrote", () => {
  it.each(goldenValues())("comes back byte for byte: $python", ({ hex: stored, keys }) => {
    expect(hex(writeMsgpack(readMsgpack(unhex(stored), { keys }), { keys }))).toBe(stored);
  });

  it.each(goldenValues())("comes back byte for byte without its numpy maps decoded: $python", ({ hex: stored }) => {
    const value = readMsgpack(unhex(stored), { keys: "any", numpy: "maps" });
    expect(hex(writeMsgpack(value, { keys: "any" }))).toBe(stored);
  });

  it("is refused at the last byte or behind it, wherever it is cut", () => {
    for (const { hex: stored, python: spelled } of goldenValues()) {
      const bytes = unhex(stored);
      for (let end = 0; end < bytes.length; end += 1 + (bytes.length >> 6)) {
        expect(() => readMsgpack(bytes.subarray(0, end), { keys: "any" }), spelled).toThrow(/cut short/);
      }
      expect(() => readMsgpack(Uint8Array.of(...bytes, 0xc0), { keys: "any" }), spelled).toThrow(/1 bytes follow/);
    }
  });
});

describeWithMsgpack("Python's msgpack and msgpack-numpy", () => {
  it("still write what is kept of them here", () =>
    withFolder((folder) => {
      const golden = goldenValues();
      writeFileSync(join(folder, "texts"), JSON.stringify(golden.map((entry) => entry.python)));
      const stored = python(PACK, join(folder, "texts")).trim().split("\n");
      // After adding an expression: UPDATE_GOLDEN=1.
      if (process.env["UPDATE_GOLDEN"]) keepGolden(golden.map((entry, i) => ({ ...entry, hex: stored[i] as string })));
      else expect(stored).toEqual(golden.map((entry) => entry.hex));
    }));

  it("write long values that come back byte for byte", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "texts"), JSON.stringify(LONG));
      for (const [index, stored] of python(PACK, join(folder, "texts")).trim().split("\n").entries()) {
        expect(hex(writeMsgpack(readMsgpack(unhex(stored)))) === stored, LONG[index]).toBe(true);
      }
    }));

  it("read what we write, and write it again with the same bytes", () =>
    withFolder((folder) => {
      const samples = fc.sample(msgpackValues, { numRuns: 300, seed: 5 });
      const files = samples.map((value, index) => {
        writeFileSync(join(folder, String(index)), writeMsgpack(value));
        return join(folder, String(index));
      });
      python(AGAIN, ...files);
      for (const [index, file] of files.entries()) {
        const again = hex(readFileSync(`${file}.again`));
        expect(again, `sample ${index}`).toBe(hex(writeMsgpack(samples[index] as Value)));
      }
    }));

  it("find the same elements in arrays that we write", () => {
    const array = NdArray.from("<f8", new Float64Array([1.5, -2, 0, 1e300, 5e-324, 7]), [2, 3]).transpose();
    const sum = `import sys, msgpack_numpy; print(msgpack_numpy.unpackb(bytes.fromhex(sys.argv[1])).tolist())`;
    expect(python(sum, hex(writeMsgpack(array))).trim()).toBe("[[1.5, 1e+300], [-2.0, 5e-324], [0.0, 7.0]]");
  });
});
