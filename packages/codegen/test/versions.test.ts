import { checkWith, MemorySink, memorySource, NdArray, readWith, upgradeWith, writeWith } from "@somakit/core";
import { npz } from "@somakit/core/gen/v1";
import { describe, expect, it } from "vitest";
import { diffProjects } from "../src/diff/project.js";
import { interpretProject } from "../src/interpret.js";
import { loadProject } from "../src/project.js";

const head = {
  $schema: "urn:somakit:dialect:1",
  title: "Walk",
  description: "A walk.",
  type: "object",
  container: "npz",
};
const frames = { N: { role: "frame" } };

const first = {
  ...head,
  $id: "urn:example:walk:1",
  dims: frames,
  required: ["rotations", "boxes"],
  properties: {
    rotations: { description: "Rotations.", ndarray: { dtype: "float64", shape: ["N", 72] } },
    boxes: { description: "Boxes.", ndarray: { dtype: "float64", shape: ["N", 4] } },
  },
};

/** A key has another name, boxes have a confidence, and there is a frame rate. */
const second = {
  ...head,
  $id: "urn:example:walk:2",
  dims: frames,
  detect: [
    ["rotations", "boxes"],
    ["poses", "boxes"],
  ],
  required: ["poses", "boxes", "fps"],
  properties: {
    poses: {
      description: "Rotations.",
      ndarray: { dtype: "float64", shape: ["N", 72] },
      stored: { aliases: ["rotations"] },
    },
    boxes: {
      description: "Boxes.",
      ndarray: { dtype: "float64", shape: ["N", 5] },
      legacy: [{ shape: ["N", 4], fill: 1, description: "Boxes of version 1 have no confidence." }],
    },
    fps: { description: "Frames per second.", type: "number", default: 30, stored: { as: "scalar-array" } },
  },
};

const load = (schema: object) => loadProject(new Map([["walk.json", JSON.stringify(schema)]]));
const layoutOf = (schema: object) => {
  const [entry] = interpretProject(load(schema), { npz }).registry;
  if (!entry) throw new Error("no data set");
  return entry.load();
};

describe("a file of version 1 under version 2 of its schema", () => {
  it("opens, is brought up to date by reading, and an upgrade rewrites it", async () => {
    const sink = new MemorySink();
    const rotations = NdArray.from("float64", new Float64Array(144).fill(0.5), [2, 72]);
    const boxes = NdArray.from("float64", Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]), [2, 4]);
    await writeWith(await layoutOf(first), sink, { rotations, boxes });

    const layout = await layoutOf(second);
    const old = () => memorySource(sink.bytes());
    const value = await readWith<{ poses: NdArray; boxes: NdArray; fps: number }>(layout, old());
    expect(value.poses.get(1, 71)).toBe(0.5);
    expect([...value.boxes.shape, value.boxes.get(1, 3), value.boxes.get(1, 4)]).toEqual([2, 5, 8, 1]);
    expect(value.fps).toBe(30);

    const { changes, value: upgraded } = await upgradeWith(layout, value);
    expect(changes).toEqual(expect.any(Array));
    const renewed = new MemorySink();
    await writeWith(layout, renewed, upgraded as never);
    expect(
      (await checkWith(layout, memorySource(renewed.bytes()))).filter(({ severity }) => severity === "error"),
    ).toEqual([]);
  });

  it("is said to need an upgrade, and no more than that", () => {
    const kinds = diffProjects(load(first), load(second)).map(({ kind, message }) => `${kind}: ${message}`);
    expect(kinds).toEqual([
      'upgrade: "rotations" is called "poses"',
      "upgrade: the shape is (N, 5) in place of (N, 4)",
      'upgrade: "fps" is required, by default 30',
    ]);
  });
});
