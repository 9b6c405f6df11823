import { checkFile, MemorySink, NdArray, npz, openMotion, type Value } from "@somakit/core";
import { astype, type DataOf, dtype } from "@somakit/core/ndarray";
import { describe, expect, it } from "vitest";
import { convertTo, lost, opened } from "./support/motion.js";

const BOXES = [10, 20, 30, 40, 50, 60, 70, 80];
const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, (_, at) => (at % 7) / 4);
const array = (values: ArrayLike<number>, shape: readonly number[]): NdArray =>
  NdArray.from("float64", Float64Array.from(values), shape) as NdArray;

/** A file of rows as it was published: two frames, with whatever is given. */
async function published(members: Readonly<Record<string, Value>>) {
  const sink = new MemorySink();
  const named = {
    image_path: NdArray.from<"string">(dtype("<U5"), ["a.jpg", "b.jpg"] as DataOf["string"], [2]) as unknown as Value,
    ...members,
  };
  await npz.write(sink, new Map(Object.entries(named)));
  return opened("humandata", sink.bytes());
}

/** All numbers that people have of one kind. */
async function valuesOf(file: Awaited<ReturnType<typeof opened>>, key: string) {
  const all: number[] = [];
  let form = "";
  for await (const { quantities = [], windows } of openMotion(file).sequences()) {
    form = quantities.find((one) => one.key === key)?.dtype ?? "";
    for await (const window of windows()) all.push(...(window.quantities?.get(key)?.values ?? []));
  }
  return { all, form };
}

describe("rows as they were published", () => {
  it.each(["float64", "float32", "int64"] as const)(
    "keep boxes of four numbers, in %s, with the confidence that reading gives them",
    async (type) => {
      const file = await published({ bbox_xywh: astype(array(BOXES, [2, 4]), type) as unknown as Value });
      const { bytes, report } = await convertTo(file, "humandata");
      expect(lost(report)).toEqual([]);
      const { all } = await valuesOf(await opened("humandata", bytes), "bbox_xywh");
      expect(all).toEqual([10, 20, 30, 40, 1, 50, 60, 70, 80, 1]);
    },
  );

  it.each([
    ["float16", [2, 23, 3], "float16"],
    ["float32", [2, 69], "float32"],
    ["object", [2, 23, 3], "float64"],
    ["int32", [2, 23, 3], "float64"],
  ] as const)("keep parameters in %s %j", async (type, shape, form) => {
    const given = type === "int32" ? numbers(138).map(Math.round) : numbers(138);
    const stored =
      type === "object"
        ? NdArray.from<"object">(dtype("|O"), [...given] as DataOf["object"], shape)
        : astype(array(given, shape), type);
    const smpl = new Map<Value, Value>([
      ["body_pose", stored as unknown as Value],
      ["betas", array(numbers(20), [2, 10]) as unknown as Value],
    ]);
    const file = await published({ smpl });
    expect((await checkFile(file)).filter(({ severity }) => severity === "error")).toEqual([]);
    expect(await valuesOf(file, "smpl.body_pose")).toEqual({ all: [...given], form });
    const { bytes, report } = await convertTo(file, "humandata");
    expect(lost(report)).toEqual([]);
    expect(await valuesOf(await opened("humandata", bytes), "smpl.body_pose")).toMatchObject({ all: [...given] });
  });
});
