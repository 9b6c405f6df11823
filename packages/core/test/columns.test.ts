import { describe, expect, it } from "vitest";
import { npyContainer } from "../src/codec/npy/index.js";
import { npz } from "../src/codec/npz/index.js";
import { arraysOfRecords, arraysOfValue, type Columns, columnsOf, type Records } from "../src/columns/index.js";
import type { ContainerCodec } from "../src/engine/container.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Node } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import { float, type Value } from "../src/value/value.js";

const KNOWN = ["vertices", "joints"];

function floats(shape: readonly number[], start = 0): NdArray {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values = Float32Array.from({ length: size }, (_, at) => start + at);
  return NdArray.from("float32", values, shape);
}

async function written(members: WriteTree, codec: ContainerCodec = npz): Promise<Node> {
  const sink = new MemorySink();
  await codec.write(sink, members);
  return codec.open(memorySource(sink.bytes()));
}

function archive(members: Readonly<Record<string, WriteTree>>): Promise<Node> {
  return written(new Map<Value, WriteTree>(Object.entries(members)));
}

async function all(columns: Columns): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const record of columns.records()) records.push(record);
  return records;
}

function numbers(array: unknown): unknown {
  expect(array).toBeInstanceOf(NdArray);
  return { shape: (array as NdArray).shape, values: [...(array as NdArray)] };
}

function memberOf(record: unknown, name: string): unknown {
  return name.split(".").reduce((value, key) => (value as Record<string, unknown>)[key], record);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FormatError);
  const { code, path, reason } = error as FormatError;
  return `${code} ${path}: ${reason}`;
}

describe("arrays taken for columns", () => {
  it("give records with a row of each", async () => {
    const columns = await columnsOf(await archive({ vertices: floats([3, 2, 3]), joints: floats([3, 1, 3], 100) }), {
      known: KNOWN,
    });
    expect([columns.count, [...columns.members.keys()], columns.leftOut]).toEqual([3, KNOWN, []]);
    const records = await all(columns);
    expect(records.map((record) => Object.keys(record))).toEqual([KNOWN, KNOWN, KNOWN]);
    expect(numbers(records[1]?.["vertices"])).toEqual({ shape: [2, 3], values: [6, 7, 8, 9, 10, 11] });
    expect(numbers(records[2]?.["joints"])).toEqual({ shape: [1, 3], values: [106, 107, 108] });
  });

  it("can be gone through again, and left in the middle", async () => {
    const columns = await columnsOf(await archive({ vertices: floats([4, 2, 3]) }), { known: KNOWN });
    for await (const record of columns.records()) {
      expect(numbers(record["vertices"])).toMatchObject({ shape: [2, 3] });
      break;
    }
    expect(await all(columns)).toHaveLength(4);
  });

  it("take others with as many rows along, single values as such, and share what is left", async () => {
    const columns = await columnsOf(
      await archive({
        time: NdArray.from("float64", new Float64Array([0, 0.04]), [2]),
        vertices: floats([2, 2, 3]),
        name: ["a.png", "b.png"],
        faces: NdArray.from("int32", new Int32Array(12), [4, 3]),
        fps: 25,
        odd: [1, "two"],
      }),
      { known: KNOWN },
    );
    expect([...columns.members.keys()]).toEqual(["vertices", "time", "name"]);
    expect([...columns.shared.keys()]).toEqual(["faces", "fps"]);
    expect(columns.shared.get("fps")).toBe(25n);
    expect(columns.leftOut).toEqual([{ path: "odd", reason: "an array of objects has no rows of its own" }]);
    const [, second] = await all(columns);
    expect(second?.["time"]).toEqual(float(0.04));
    expect(second?.["name"]).toBe("b.png");
  });

  it("with dots in their names become members of members", async () => {
    const columns = await columnsOf(
      await archive({ vertices: floats([1, 2, 3]), "camera.loc": floats([1, 3]), "camera.lens.k": floats([1, 5]) }),
      { known: KNOWN },
    );
    const [record] = await all(columns);
    expect(Object.keys(record?.["camera"] as object)).toEqual(["loc", "lens"]);
    expect(numbers(memberOf(record, "camera.lens.k"))).toMatchObject({ shape: [5] });
  });

  it("may be called otherwise", async () => {
    const from = { vertices: "verts", joints: "j3d" };
    const node = await archive({ verts: floats([2, 2, 3]), j3d: floats([2, 1, 3]) });
    expect([...(await columnsOf(node, { known: KNOWN, from })).members.keys()]).toEqual(KNOWN);
    const missing = columnsOf(node, { known: KNOWN, from: { vertices: "v" } });
    expect(await refusal(missing)).toBe("missing v: there is no array for vertices");
  });

  it("of a file that is one array are the first member", async () => {
    const columns = await columnsOf(await written(floats([2, 4, 3]), npyContainer), { known: KNOWN });
    expect(numbers((await all(columns))[1]?.["vertices"])).toMatchObject({ shape: [4, 3] });
  });

  it.each([
    [{ other: floats([2, 3]) }, "missing : there is no array that records could be made of"],
    [{ vertices: floats([2, 2, 3]), joints: floats([3, 1, 3]) }, "mismatch joints: vertices has 2 rows, this array 3"],
    [{ vertices: floats([]) }, "mismatch vertices: the array has no rows"],
  ])("are refused when they have no rows in common (%#)", async (members, message) => {
    const node = await archive(members as Record<string, WriteTree>);
    expect(await refusal(columnsOf(node, { known: KNOWN }))).toBe(message);
  });

  it("are refused when a name is a member and a part of one", async () => {
    const node = await archive({ vertices: floats([1, 2, 3]), camera: floats([1, 3]), "camera.loc": floats([1, 3]) });
    const columns = await columnsOf(node, { known: KNOWN });
    expect(await refusal(all(columns))).toBe("mismatch camera: camera.loc would be a member of it");
  });

  it("have as many rows as zero", async () => {
    const columns = await columnsOf(await archive({ vertices: floats([0, 2, 3]) }), { known: KNOWN });
    expect(await all(columns)).toEqual([]);
  });
});

describe("records made into arrays", () => {
  const frame = (index: number): object => ({
    vertices: floats([2, 3], 10 * index),
    camera: new Map<string, unknown>([["loc", floats([3], index)]]),
    name: `frame ${index}`,
    time: float(index / 2),
    tags: index % 2 === 0 ? ["a"] : [],
  });

  function recordsOf(list: readonly object[]): Records & { passes: number } {
    return {
      path: "frames",
      passes: 0,
      async *records() {
        this.passes++;
        yield* list;
      },
    };
  }

  async function rowsAgain(arrays: ReadonlyMap<string, WriteTree>): Promise<Record<string, unknown>[]> {
    return all(await columnsOf(await archive(Object.fromEntries(arrays)), { known: ["vertices"] }));
  }

  it("have a row for each, and give the same records again", async () => {
    const records = recordsOf([frame(0), frame(1), frame(2)]);
    const { arrays, count, leftOut } = await arraysOfRecords(records);
    expect([count, [...arrays.keys()]]).toEqual([3, ["vertices", "camera.loc", "name", "time"]]);
    expect(leftOut).toEqual([{ path: "tags", reason: "its values make no array of numbers or text" }]);
    expect(records.passes).toBe(1);
    const again = await rowsAgain(arrays);
    expect(numbers(again[2]?.["vertices"])).toEqual({ shape: [2, 3], values: [20, 21, 22, 23, 24, 25] });
    expect(numbers(memberOf(again[1], "camera.loc"))).toEqual({ shape: [3], values: [1, 2, 3] });
    expect([again[1]?.["name"], again[1]?.["time"]]).toEqual(["frame 1", float(0.5)]);
  });

  it("are read once more for members that are too large to be held", async () => {
    const records = recordsOf([frame(0), frame(1), frame(2)]);
    const { arrays } = await arraysOfRecords(records, { maxHeldBytes: 250, only: ["vertices", "camera", "name"] });
    expect(arrays.get("vertices")).toMatchObject({ kind: "array", shape: [3, 2, 3] });
    expect(arrays.get("name")).toBeInstanceOf(NdArray);
    expect(numbers((await rowsAgain(arrays))[2]?.["vertices"])).toMatchObject({ values: [20, 21, 22, 23, 24, 25] });
    expect(records.passes).toBe(2);
    const loaded = await (arrays.get("vertices") as Extract<Node, { kind: "array" }>).load();
    expect(loaded.get(1, 1, 2)).toBe(15);
  });

  it("are taken by name, members of members by the name of the whole", async () => {
    const { arrays } = await arraysOfRecords(recordsOf([frame(0)]), { only: ["camera", "time"] });
    expect([...arrays.keys()]).toEqual(["camera.loc", "time"]);
  });

  it.each([
    [{ vertices: floats([1, 3]) }, "frames[1].vertices: float32 (1, 3) here, float32 (2, 3) in frames[0]"],
    [{}, "frames[1].vertices: there is none, though frames[0] has one"],
    [{ vertices: floats([2, 3]), extra: 1 }, "frames[1].extra: frames[0] has no such member"],
    [{ vertices: 1 }, "frames[1].vertices: no array here, float32 (2, 3) in frames[0]"],
  ])("are refused when one is of another kind than the first (%#)", async (second, message) => {
    const work = arraysOfRecords(recordsOf([{ vertices: floats([2, 3]) }, second]));
    expect(await refusal(work)).toContain(`mismatch ${message}`);
  });

  it("make no arrays when there are none", async () => {
    expect(await arraysOfRecords(recordsOf([]))).toMatchObject({ count: 0, arrays: new Map() });
  });
});

describe("a value beside records made into arrays", () => {
  it("has one for each member that makes one; None is left out", () => {
    const { arrays, leftOut } = arraysOfValue(
      "metadata",
      new Map<string, unknown>([
        ["fps", float(25)],
        ["names", ["hip", "knee"]],
        ["lens", { k: floats([5]) }],
        ["nothing", null],
        ["mixed", [1, "two"]],
      ]),
    );
    expect([...arrays.keys()]).toEqual(["metadata.fps", "metadata.names", "metadata.lens.k"]);
    expect(leftOut).toEqual([{ path: "metadata.mixed", reason: "it makes no array of numbers or text" }]);
  });

  it("is one array where it is no dict", () => {
    expect([...arraysOfValue("metadata", "text").arrays.keys()]).toEqual(["metadata"]);
    expect([...arraysOfValue("metadata", null).arrays.keys()]).toEqual([]);
  });
});
