import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readPickle, writePickle } from "../src/codec/pickle/index.js";
import { Tuple, type Value } from "../src/value/value.js";
import {
  describeValue,
  expectDescribed,
  pysklBytes,
  pysklExpected,
  pysklPickles,
  sameValues,
} from "./support-pickle.js";
import { values } from "./support-pickle-values.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

/** Loads each file and stores it again in all protocols, as FILE.2 and so on. A warning is an error. */
const AGAIN = `
import pickle, sys, warnings
sys.setrecursionlimit(100000)
warnings.simplefilter("error")
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        value = pickle.load(file)
    for protocol in range(6):
        with open("%s.%d" % (path, protocol), "wb") as file:
            pickle.dump(value, file, protocol=protocol)
`;

/** Values of every kind that numpy writes in ways of its own. */
const MADE = `
import collections, pickle, sys, numpy as np
s = np.zeros(3, [("a", "u1"), ("b", "<f8"), ("c", ">i2", (2, 2)), ("d", [("e", "<M8[ms]"), ("f", "U2")])])
s["a"] = [1, 2, 3]; s["c"][1] = 7; s["d"]["f"] = "xy"
o = np.empty((2, 3), object); o[0, 0] = [1]; o[1, 2] = o[0, 0]; o[0, 1] = np.arange(3)
dd = collections.defaultdict(dict); dd["a"]
value = [s, s["d"],
  o, np.asfortranarray(o), np.array(["2020-01-01", "NaT"], "M8[25s]"), np.array([5], "m8"), np.datetime64("2020-01-01"), np.timedelta64(3, "us"),
  np.dtype("f4"), s.dtype, np.dtype([("a", "u1"), ("b", "<f8")], align=True), np.zeros(2, np.dtype([("a", "u1"), ("b", "<f8")], align=True)),
  np.arange(6, dtype=">i4").reshape(2, 3), np.arange(24.).reshape(2, 3, 4).transpose(2, 0, 1), np.float16(0.1), np.str_("é"), np.bytes_(b"a"), np.bool_(True), np.int64(2**62), np.complex64(1 + 2j),
  dd, collections.OrderedDict(b=1, a=2), {1, 2}, frozenset([3]), bytearray(b"\\xff"), b"\\x80" * 300, slice(1, None, 2), range(5), 3 + 0j, 2**100, -2**63, 1e300, float("nan"),
  "\\ud800", "é" * 300, {(1, "a"): None, None: 1}, np.array("é"), np.array([b"ab", b"c\\xff"]), np.zeros((0, 5), "f2"), np.array(5)]
value.append(value[2]); t = ([],); t[0].append(t); value.append(t)
for protocol in range(6):
    with open("%s/made.%d" % (sys.argv[1], protocol), "wb") as file:
        pickle.dump(value, file, protocol=protocol)
`;

describeWithNumpy("Python and numpy", () => {
  it("read any value that we write and give it back", () =>
    withFolder((folder) => {
      const samples = fc.sample(values, { numRuns: 60, seed: 3 }).filter((value) => !hasOddKeys(value));
      const files: string[] = [];
      for (const [index, value] of samples.entries()) {
        for (const protocol of [2, 3, 4, 5] as const) {
          const file = join(folder, `${index}-${protocol}`);
          writeFileSync(file, writePickle(value, { protocol }));
          files.push(file);
        }
      }
      python(AGAIN, ...files);
      for (const file of files) {
        const value = samples[Number.parseInt(file.slice(folder.length + 1), 10)] as Value;
        for (let protocol = 0; protocol <= 5; protocol++) {
          const again = readPickle(new Uint8Array(readFileSync(`${file}.${protocol}`)));
          expect(sameValues(again, value, { loose: true }), `${file} again in protocol ${protocol}`).toBe(true);
        }
      }
    }));

  it(
    "give back every fixture that we rewrite",
    () =>
      withFolder((folder) => {
        const names = ["", "proto", "py27", "ops"]
          .flatMap(pysklPickles)
          .filter((name) => "object" in pysklExpected(name) && !/out_of_band|nested|big_append/.test(name));
        for (const protocol of [2, 3, 4, 5] as const) {
          const home = join(folder, String(protocol));
          mkdirSync(home);
          for (const [index, name] of names.entries()) {
            writeFileSync(join(home, String(index)), writePickle(readPickle(pysklBytes(name)), { protocol }));
          }
          python(AGAIN, ...readdirSync(home).map((name) => join(home, name)));
          for (const [index, name] of names.entries()) {
            const value = readPickle(new Uint8Array(readFileSync(join(home, `${index}.4`))));
            const expected = littleEndian(pysklExpected(name).object);
            expectDescribed(describeValue(value), expected, name);
          }
        }
      }),
    60_000,
  );

  it("write values that are the same in all protocols", () =>
    withFolder((folder) => {
      python(MADE, folder);
      const read = (protocol: number): Value =>
        readPickle(new Uint8Array(readFileSync(join(folder, `made.${protocol}`))));
      const expected = read(4) as Value[];
      expect(expected).toHaveLength(42);
      for (let protocol = 0; protocol <= 5; protocol++) {
        expect(sameValues(read(protocol), expected, { loose: true }), `protocol ${protocol}`).toBe(true);
      }
      const files = [2, 3, 4, 5].map((protocol) => {
        const file = join(folder, `ours-${protocol}`);
        writeFileSync(file, writePickle(expected, { protocol: protocol as 2 }));
        return file;
      });
      python(AGAIN, ...files);
      for (const file of files) {
        expect(sameValues(readPickle(new Uint8Array(readFileSync(`${file}.4`))), expected, { loose: true }), file).toBe(
          true,
        );
      }
    }));
});

/** What is expected of arrays after numpy has unpickled them, which swaps big-endian ones. */
function littleEndian(expected: unknown): unknown {
  if (typeof expected === "string") return /^>[fi]\d$/.test(expected) ? `<${expected.slice(1)}` : expected;
  if (Array.isArray(expected)) return expected.map(littleEndian);
  if (typeof expected !== "object" || expected === null) return expected;
  return Object.fromEntries(Object.entries(expected).map(([key, item]) => [key, littleEndian(item)]));
}

/** Python merges keys that compare equal, and it knows one empty tuple only. */
function hasOddKeys(root: Value): boolean {
  const seen = new Set<unknown>();
  const open: Value[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const keys = next instanceof Map ? [...next.keys()] : next instanceof Set ? [...next] : [];
    const names = keys.map((key) =>
      key instanceof Tuple ? `(${String(key)})` : typeof key === "boolean" ? Number(key) : key,
    );
    if (new Set(names).size < names.length) return true;
    if (Array.isArray(next)) open.push(...next);
    if (next instanceof Map) open.push(...(next.values() as Iterable<Value>));
  }
  return false;
}
