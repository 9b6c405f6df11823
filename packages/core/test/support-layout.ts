import type { ContainerCodec } from "../src/engine/container.js";
import type { ArrayLayout, Layout, ObjectLayout } from "../src/layout/layout.js";
import type { Node } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";

/** A container that is a tree in memory: what the engine makes of values, without any bytes. */
export function treeContainer(holds: "arrays" | "values", root?: Node): ContainerCodec & { written?: WriteTree } {
  const codec: ContainerCodec & { written?: WriteTree } = {
    kind: `tree of ${holds}`,
    holds,
    matches: () => true,
    open: async () => root as Node,
    write: async (sink, tree) => {
      codec.written = tree;
      await sink.commit();
    },
  };
  return codec;
}

const keypoints: ArrayLayout = {
  kind: "array",
  rule: "/properties/keypoints",
  dtype: ["float32", "float64"],
  shape: ["N", "J", 3],
  keypoints: { axis: 1, field: "{key}_convention", default: "four", counts: { four: 4, two: 2 } },
  encoding: [{ codec: "mask-pack", axis: 1, mask: "{key}_mask", when: "packed" }],
};

const smpl: ObjectLayout = {
  kind: "object",
  rule: "/$defs/Smpl",
  stored: { as: "pickled-scalar" },
  properties: {
    betas: { kind: "array", rule: "/$defs/Smpl/properties/betas", dtype: ["float32"], shape: ["N", 10] },
    pose: {
      kind: "array",
      rule: "/$defs/Smpl/properties/pose",
      dtype: ["float32", "float64"],
      shape: ["N", 2, 3],
      legacy: [
        { shape: ["N", 6], description: "one row a frame" },
        { dtype: ["object"], to: "float64", description: "objects" },
      ],
    },
  },
  required: ["betas"],
  patterns: [],
  additional: { kind: "any", rule: "/$defs/Smpl" },
};

const root: ObjectLayout = {
  kind: "object",
  rule: "",
  dims: { N: { role: "frame", equals: "len", unset: -1 }, J: { role: "keypoint" }, V: { size: [3, 5] } },
  properties: {
    strict: {
      kind: "scalar",
      rule: "/properties/strict",
      types: ["boolean"],
      default: false,
      stored: { as: "scalar-array" },
    },
    len: {
      kind: "scalar",
      rule: "/properties/len",
      types: ["integer"],
      default: -1,
      stored: { as: "scalar-array", aliases: ["old_len"] },
    },
    packed: {
      kind: "scalar",
      rule: "/properties/packed",
      types: ["boolean"],
      default: false,
      stored: { as: "scalar-array" },
    },
    fps: { kind: "scalar", rule: "/properties/fps", types: ["number"] },
    paths: {
      kind: "list",
      rule: "/properties/paths",
      prefix: [],
      items: { kind: "scalar", rule: "/properties/paths/items", types: ["string"] },
      length: "N",
      stored: { as: "string-array" },
    },
    size: {
      kind: "list",
      rule: "/properties/size",
      prefix: [
        { kind: "scalar", rule: "/properties/size/prefixItems/0", types: ["integer"] },
        { kind: "scalar", rule: "/properties/size/prefixItems/1", types: ["integer"] },
      ],
      items: false,
      stored: { as: "tuple" },
    },
    boxes: {
      kind: "array",
      rule: "/properties/boxes",
      dtype: ["float32", "float64"],
      shape: ["N", 5],
      legacy: [{ shape: ["N", 4], fill: 1, to: "float64", description: "four columns" }],
    },
    vertices: { kind: "array", rule: "/properties/vertices", dtype: ["float32"], shape: ["...", "V", 3] },
    keypoints,
    keypoints_mask: {
      kind: "array",
      rule: "/properties/keypoints_mask",
      dtype: ["uint8", "bool"],
      shape: ["J"],
      values: [0, 1],
    },
    smpl: { kind: "ref", rule: "/properties/smpl", name: "Smpl" },
    extra: { kind: "any", rule: "/properties/extra", extension: true },
    free: { kind: "any", is: "dict", rule: "/properties/free" },
    either: {
      kind: "choice",
      rule: "/properties/either",
      branches: [
        { kind: "array", rule: "/properties/either/anyOf/0", dtype: ["int64"], shape: ["*"] },
        { kind: "scalar", rule: "/properties/either/anyOf/1", types: ["string"] },
      ],
    },
  },
  required: [],
  patterns: [
    { pattern: "^other_(?!.*_mask$)", field: { ...keypoints, rule: "/patternProperties/other", shape: ["N", "*", 3] } },
  ],
  additional: { kind: "any", rule: "" },
  closed: { when: "strict" },
};

/** A small data set that uses most of what a layout can say. */
export const layout: Layout = {
  id: "sample",
  title: "Sample",
  description: "A data set for tests.",
  schema: "urn:test",
  containers: [
    { codec: treeContainer("arrays"), extensions: [".tree"], nulls: "absent", classes: [] },
    { codec: treeContainer("values"), extensions: [".val"], nulls: "keep", classes: [] },
  ],
  detect: [{ present: ["keypoints"], absent: ["nothing"] }],
  root,
  defs: { Smpl: smpl },
  profiles: {
    strict: { description: "all", severity: { legacy: "error", convention: "error" } },
    quiet: { description: "little", severity: { symbol: "off" }, required: { "": ["paths"] } },
  },
};
