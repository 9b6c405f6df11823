import fc from "fast-check";
import { Parser } from "pickleparser";
import { describe, expect, it } from "vitest";
import { openPickle, pickle, readPickle, writePickle } from "../src/codec/pickle/index.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import { FrozenSet, float, Instance, NumpyScalar, Tuple, type Value } from "../src/value/value.js";
import { formatError, noise } from "./support-io.js";
import { pysklBytes, pysklPickles, sameValues, slowSource } from "./support-pickle.js";
import { values } from "./support-pickle-values.js";

const PROTOCOLS = [2, 3, 4, 5] as const;

async function written(tree: WriteTree, protocol: 2 | 3 | 4 | 5 = 4): Promise<Uint8Array> {
  const sink = new MemorySink();
  await pickle.write(sink, tree, { protocol });
  return sink.bytes();
}

describe.each(PROTOCOLS)("protocol %i", (protocol) => {
  it("gives back any value, with what is shared and cyclic in it", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = writePickle(value, { protocol });
        expect([...bytes.subarray(0, 2)]).toEqual([0x80, protocol]);
        expect(sameValues(readPickle(bytes), value)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it.each(["", "proto", "ops", "py27"].flatMap(pysklPickles).filter((name) => !name.includes("out_of_band")))(
    "gives back %s",
    (name) => {
      const value = readPickle(pysklBytes(name));
      expect(sameValues(readPickle(writePickle(value, { protocol })), value)).toBe(true);
    },
  );

  it("is the same written to a sink", async () => {
    const value = readPickle(pysklBytes("containers_p5_np1.pkl"));
    expect(Buffer.from(await written(value, protocol)).equals(writePickle(value, { protocol }))).toBe(true);
  });

  it("copies arrays that are in another file", async () => {
    const big = NdArray.fromBytes("<f4", [700, 500], noise(1_400_000));
    const value = new Map<Value, Value>([
      ["big", big],
      ["fortran", NdArray.fromBytes(">i2", [300, 2], noise(1200), { order: "F" })],
      ["objects", NdArray.from("object", ["a", big], [2]) as unknown as NdArray],
      ["empty", NdArray.fromBytes("<f8", [0, 3], new Uint8Array(0))],
    ]);
    for (const other of PROTOCOLS) {
      const source = slowSource(writePickle(value, { protocol: other }));
      const node = (await openPickle(source)) as GroupNode;
      const tree = new Map<Value, WriteTree>();
      for (const key of node.keys) tree.set(key, (await node.child(key)) as ArrayNode);
      tree.set("list", [tree.get("big") as ArrayNode, 1]);
      const found = readPickle(await written(tree, protocol)) as Map<Value, Value>;
      for (const [key, array] of value)
        expect(sameValues(found.get(key) as Value, array), `${other}: ${String(key)}`).toBe(true);
      expect((found.get("list") as Value[])[0]).toBe(found.get("big"));
    }
  });

  it("writes lists nested 20,000 deep", () => {
    let list: Value[] = [];
    for (let depth = 1; depth < 20_000; depth++) list = [list];
    expect(sameValues(readPickle(writePickle(list, { protocol })), list)).toBe(true);
  });

  it("stores equal keys once", () => {
    const clip = (name: string): Value =>
      new Map<Value, Value>([
        ["frame_dir", name],
        ["total_frames", 3],
      ]);
    const bytes = writePickle(
      Array.from({ length: 1000 }, (_, i) => clip(`c${i}`)),
      { protocol },
    );
    expect(Buffer.from(bytes).toString("latin1").split("total_frames")).toHaveLength(2);
  });
});

describe("values of JavaScript", () => {
  const roundTrip = (value: unknown): Value => readPickle(writePickle(value as Value));

  it("numbers are ints when they are whole and exact", () => {
    const value = [1, 1.5, -0, 2 ** 53, 1e300, Number.NaN, float(3)];
    expect(roundTrip(value)).toStrictEqual([1, 1.5, -0, float(2 ** 53), float(1e300), Number.NaN, float(3)]);
  });

  it("plain objects are dicts, whatever their keys are called", () => {
    const value = { b: 1, a: [{ c: null }], ["__proto__"]: 2, constructor: 3 };
    expect(roundTrip(value)).toStrictEqual(
      new Map<Value, Value>([
        ["b", 1],
        ["a", [new Map([["c", null]])]],
        ["__proto__", 2],
        ["constructor", 3],
      ]),
    );
    expect(roundTrip(Object.create(null))).toStrictEqual(new Map());
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const found = roundTrip(cyclic) as Map<Value, Value>;
    expect(found.get("self")).toBe(found);
  });

  it("a Buffer is bytes", () => {
    expect(roundTrip(Buffer.from("abc"))).toStrictEqual(Uint8Array.of(97, 98, 99));
  });

  it.each<readonly [string, unknown, string]>([
    ["undefined", { a: [1, undefined] }, "a[1]: undefined has no place in a pickle"],
    ["a hole", Object.assign(new Array<number>(3), [1]), "[1]: undefined has no place in a pickle"],
    ["a function", new Map([["f", () => 1]]), "f: function has no place in a pickle"],
    ["a symbol", [Symbol("x")], "[0]: symbol has no place in a pickle"],
    ["a Date", { odd: { "a b": new Date(0) } }, 'odd["a b"]: a Date has no place in a pickle'],
    ["a typed array", [new Float32Array(2)], "[0]: a Float32Array has no place in a pickle"],
    ["an instance", [new Instance("mod", "Box")], "[0]: an instance of mod.Box has no place in a pickle"],
    ["a list as key", new Map([[[1], 2]]), "a Array cannot be a dict key or set member"],
    ["a tuple of lists in a set", [new Set([Tuple.of<Value>([])])], "[0]: a Array cannot be a dict key or set member"],
    ["a tuple that contains itself", selfContaining(), "[0]: a tuple or frozenset contains itself"],
    ["a frozenset that contains itself", selfContainingSet(), "a tuple or frozenset contains itself"],
    ["a scalar that does not fit", [new NumpyScalar(dtype("<i8"), "x")], "[0]: x is no int64"],
    ["an object scalar", [new NumpyScalar(dtype("|O"), 1)], "[0]: a numpy scalar of type object"],
    [
      "a defaultdict of something",
      [Object.assign(new Map(), {})].map(() => badDefault()),
      "[0]: a defaultdict that makes eval",
    ],
  ])("%s is refused, with its path", async (_, value, message) => {
    for (const protocol of PROTOCOLS) {
      const error = await formatError(() => writePickle(value as Value, { protocol }), "unwritable");
      expect(error.message).toContain(message);
    }
  });

  it("a protocol that is not written", async () => {
    for (const protocol of [0, 1, 6, 2.5])
      await formatError(() => writePickle(null, { protocol: protocol as 2 }), "unwritable");
  });
});

function selfContaining(): Tuple {
  const tuple = Tuple.of<Value>();
  tuple.push(tuple);
  return tuple;
}

function selfContainingSet(): FrozenSet {
  const set = new FrozenSet(["abc"]);
  set.add(set);
  return set;
}

function badDefault(): Value {
  return Object.assign(new (Object.getPrototypeOf(readPickle(DEFAULT)).constructor as new () => Map<Value, Value>)(), {
    factory: "eval",
  });
}

const DEFAULT = Uint8Array.from([...Buffer.from("ccollections\ndefaultdict\n)R.")]);

describe("tuples in cycles", () => {
  it("come back as one object, however they are entered", () => {
    const first: Value[] = [];
    const second: Value[] = [];
    const tuple = Tuple.of<Value>(first, second, "x", 1);
    first.push(tuple);
    second.push(tuple, first);
    for (const protocol of PROTOCOLS) {
      for (const root of [tuple, first, second]) {
        expect(sameValues(readPickle(writePickle(root, { protocol })), root)).toBe(true);
      }
    }
  });
});

describe("writing to a sink", () => {
  it("aborts it when anything fails", async () => {
    const sink = new MemorySink();
    await formatError(() => pickle.write(sink, new Map([["a", undefined as unknown as Value]])), "unwritable");
    expect(() => sink.bytes()).toThrow();
  });

  it("fails when another file's array is not what it said", async () => {
    const node: ArrayNode = {
      kind: "array",
      path: "other.a",
      type: dtype("<f4"),
      shape: [4],
      order: "C",
      load: () => Promise.reject(new Error("not asked for")),
      async *chunks() {
        yield new Uint8Array(8);
      },
    };
    const error = await formatError(() => pickle.write(new MemorySink(), [node]), "corrupt");
    expect(error.message).toBe("other.a: array needs 16 bytes, 8 given");
    await formatError(() => writePickle([node] as unknown as Value), "unwritable");
  });

  it("stops when it is told to", async () => {
    const big = NdArray.fromBytes("|u1", [3_000_000], noise(3_000_000));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(pickle.write(new MemorySink(), [big], { signal })).rejects.toThrow("enough");
  });
});

describe("pickleparser, as a second opinion", () => {
  const plainValues = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, false),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
      fc.string({ maxLength: 8 }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(
        fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== "__proto__"),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;

  it.each(PROTOCOLS)("reads what we write in protocol %i", (protocol) => {
    fc.assert(
      fc.property(plainValues, (value) => {
        const parsed: unknown = new Parser().parse(writePickle(value as Value, { protocol }));
        expect(JSON.parse(JSON.stringify(parsed))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the codec", () => {
  it.each([
    ["protocol 4", pysklBytes("proto/same_p4_np1.pkl"), true],
    ["protocol 2", pysklBytes("proto/same_p2_np1.pkl"), true],
    ["protocol 1", pysklBytes("proto/same_p1_np1.pkl"), true],
    ["protocol 0", pysklBytes("proto/same_p0_np1.pkl"), true],
    ["cPickle", pysklBytes("py27/cPickle_p0.pkl"), true],
    ["an int", Buffer.from("I5\n."), true],
    ["JSON", Buffer.from('{"a": 1}'), false],
    ["gzip", Buffer.of(0x1f, 0x8b, 8), false],
    ["a zip archive", Buffer.from("PK\x03\x04"), false],
    ["HDF5", Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), false],
    ["npy", Buffer.from("\x93NUMPY", "latin1"), false],
    ["text", Buffer.from("Some words.\n"), false],
    ["CSV", Buffer.from("I,x,y\n1,2,3\n"), false],
    ["nothing", Buffer.of(), false],
  ] as const)("recognises %s", (_, bytes, expected) => {
    expect(pickle.matches(new Uint8Array(bytes).subarray(0, 512))).toBe(expected);
  });
});
