import { join } from "node:path";
import type { FieldLayout } from "@somakit/core/gen/v1";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/ir.js";
import { loadProject } from "../src/project.js";
import { filesIn, lines } from "./project-files.js";

const project = loadProject(filesIn(join(import.meta.dirname, "samples")));

function dataset(id: string): Dataset {
  return project.datasets.find((candidate) => candidate.id === id) as Dataset;
}

function part(id: string, name: string): FieldLayout {
  return dataset(id).defs.find((def) => def.name === name)?.field.layout as FieldLayout;
}

describe("samples of the five systems", () => {
  it("load, with a warning about the convention that the folder lacks", () => {
    expect(lines(project.problems)).toEqual([
      'warning humandata.json#/properties/keypoints2d/keypoints/convention: convention "human_data" is not known: the folder has no conventions',
    ]);
    expect(project.datasets.map(({ id, typeName }) => `${id} ${typeName}`)).toEqual([
      "bodycompress BodyCompress",
      "datagen Datagen",
      "humandata HumanData",
      "pyskl Pyskl",
      "skelshop SkelShop",
    ]);
  });

  it("humandata: symbols, packed keypoints, pickled dicts", () => {
    expect(dataset("humandata").root.layout).toMatchObject({
      kind: "object",
      rule: "",
      dims: { N: { role: "frame" }, K: { role: "keypoint", size: [190] } },
      properties: {
        image_path: {
          kind: "list",
          length: "N",
          stored: { as: "string-array" },
          items: { kind: "scalar", types: ["string"] },
        },
        keypoints2d: {
          kind: "array",
          dtype: ["float32", "float64"],
          shape: ["N", "K", 3],
          unit: "px",
          keypoints: { axis: 1, convention: "human_data", counts: {} },
          encoding: [{ codec: "mask-pack", axis: 1, mask: "keypoints2d_mask", when: "__keypoints_compressed__" }],
        },
        smpl: { kind: "object", rule: "/properties/smpl", stored: { as: "pickled-scalar" } },
      },
      additional: { kind: "any" },
    });
  });

  it("pyskl: frames counted by a sibling, tuples", () => {
    expect(part("pyskl", "Annotation")).toMatchObject({
      kind: "object",
      rule: "/$defs/Annotation",
      required: ["frame_dir", "label", "total_frames"],
      dims: { M: { role: "person" }, T: { role: "frame", equals: "total_frames" }, V: {}, C: { size: [2, 3] } },
      properties: {
        img_shape: {
          kind: "list",
          prefix: [
            { kind: "scalar", types: ["integer"] },
            { kind: "scalar", types: ["integer"] },
          ],
          items: false,
          stored: { as: "tuple" },
        },
        keypoint: { keypoints: { axis: 2, counts: {} } },
      },
    });
  });

  it("skelshop: attributes, numbered groups, sparse arrays", () => {
    expect(dataset("skelshop").root.layout).toMatchObject({
      properties: {
        limbs: { kind: "scalar", place: { kind: "attribute", name: "limbs" } },
        timeline: { kind: "ref", name: "Timeline" },
      },
    });
    expect(part("skelshop", "Shot")).toMatchObject({
      properties: {
        poses: {
          kind: "list",
          numbered: { prefix: "pose", suffix: "", from: 0, pad: 0, gaps: true },
          items: { kind: "ref", name: "Pose" },
        },
      },
    });
    expect(part("skelshop", "Pose")).toMatchObject({
      dims: { F: { role: "frame", equals: { minus: ["end_frame", "start_frame"] } } },
      properties: { keypoints: { kind: "sparse", layout: "csr", dtype: ["float32"], shape: ["F", "J", 3] } },
    });
  });

  it("datagen: folders, files, conditions that are no choice", () => {
    expect(part("datagen", "Datapoint")).toMatchObject({
      properties: {
        camera: {
          kind: "object",
          place: { kind: "folder", name: "camera" },
          properties: {
            visible: { kind: "any", place: { kind: "file", path: "visible_spectrum.png", media: "image/png" } },
          },
        },
      },
    });
  });

  it("bodycompress: records become properties", () => {
    const { root, records, bundled, containers } = dataset("bodycompress");
    expect(containers).toEqual([
      { kind: "msgpack-stream", supported: true, extensions: [".bcz"], nulls: "keep", classes: [], wrap: "xz" },
    ]);
    expect(records).toEqual([
      { name: "header", ownStream: true, repeat: false },
      { name: "metadata", ownStream: true, repeat: false },
      { name: "frames", ownStream: false, repeat: true },
    ]);
    expect(root.layout).toMatchObject({
      kind: "object",
      required: ["header", "metadata", "frames"],
      additional: false,
      properties: {
        header: { kind: "ref", name: "Header" },
        frames: { kind: "list", items: { kind: "ref", name: "Frame" } },
      },
    });
    expect(root.properties.map(({ field }) => field.pointer)).toEqual([
      "/records/0/schema",
      "/records/1/schema",
      "/records/2/schema",
    ]);
    expect(bundled).toMatchObject({
      type: "object",
      properties: { frames: { type: "array", items: { $ref: "#/$defs/Frame" } } },
    });
  });
});
