import { expect, test } from "vitest";
import { none } from "../src/codec/wrap/none.js";
import type { ContainerCodec } from "../src/engine/container.js";
import { detect } from "../src/engine/detect.js";
import { FormatError } from "../src/errors.js";
import type { DetectRule, Layout } from "../src/layout/layout.js";
import type { RegistryEntry } from "../src/layout/registry.js";
import { memorySource } from "../src/source/memory.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { layout, treeContainer } from "./support-layout.js";

/** A codec that needs the class `lab.Pose` to be allowed, and counts how often it opens a file. */
function codec(): ContainerCodec & { opened: number } {
  const made = {
    ...treeContainer("values"),
    opened: 0,
    open: async (_: unknown, options: { readonly classes?: readonly string[] } = {}) => {
      made.opened++;
      if (!options.classes?.includes("lab.Pose")) throw new FormatError("refused", "lab.Pose");
      return nodeOfValue({ a: 1, b: 2 });
    },
  };
  return made;
}

function entry(id: string, container: ContainerCodec, classes: readonly string[], rule: DetectRule): RegistryEntry {
  const own: Layout = {
    ...layout,
    id,
    containers: [{ codec: container, extensions: [], nulls: "keep", classes }],
    detect: [rule],
  };
  return { id, title: id, description: "", containers: [], extensions: [], detect: [rule], load: async () => own };
}

test("a class that one data set allows does not fail for the others; the file is opened once", async () => {
  const shared = codec();
  const registry = [
    entry("plain", shared, [], { present: ["a"], absent: [] }),
    entry("posed", shared, ["lab.Pose"], { present: ["a", "b"], absent: [] }),
    entry("other", shared, [], { present: ["c"], absent: [] }),
  ];
  const found = await detect(registry, memorySource(Uint8Array.of(1)));
  expect(found.map((detection) => [detection.entry.id, detection.score])).toEqual([
    ["posed", 2],
    ["plain", 1],
  ]);
  expect(shared.opened).toBe(1);
});

test("a stream, which has no signature, is not looked for in what has one", async () => {
  const stream = (wrap?: "gzip"): ContainerCodec & { opened: number } =>
    Object.assign(codec(), { isStream: true as const, ...(wrap && { wrap: { ...none, name: wrap } }) });
  const rule = { present: ["a"], absent: [] };
  const [bare, inside, signed] = [stream(), stream("gzip"), codec()];
  const source = memorySource(Uint8Array.of(1));
  const posed = entry("signed", signed, ["lab.Pose"], rule);
  const found = await detect([entry("stream", bare, [], rule), posed, entry("packed", inside, [], rule)], source);
  expect(found.map(({ entry: { id } }) => id)).toEqual(["signed"]);
  await expect(detect([entry("stream", bare, [], rule)], source)).rejects.toMatchObject({ code: "refused" });
  expect([bare.opened, signed.opened, inside.opened]).toEqual([1, 1, 1]);
});

test("what no data set allows is an error", async () => {
  const registry = [entry("plain", codec(), [], { present: ["a"], absent: [] })];
  await expect(detect(registry, memorySource(Uint8Array.of(1)))).rejects.toMatchObject({ code: "refused" });
});
