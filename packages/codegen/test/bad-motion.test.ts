import { describe, expect } from "vitest";
import { array, check, data, N, scalar, value } from "./bad.js";

describe("motion", () => {
  const X = "error a.json#/properties/x/motion";
  const A = (motion: object, shape: readonly unknown[] = ["N", 3], properties: object = {}) => ({
    "a.json": data(array(shape, { motion }), { ...N, properties }),
  });
  const F = (motion: object, dtype: string, shape: readonly unknown[]) => ({
    "a.json": data(value({ ndarray: { dtype, shape }, motion }), N),
  });
  const S = (motion: object) => ({ "a.json": data(value({ type: "integer", motion })) });
  check([
    ["that is fine", A({ part: "keypoints", channels: ["x", "y", "confidence"] }), []],
    ["of a part that there is not", S({ part: "keypoint" }), [expect.stringContaining(`${X}/part`)]],
    [
      "of numbers that are no array",
      S({ part: "confidence", of: "x" }),
      [`${X}/part: confidence are an array, or a list of numbers`, `${X}/of: "of" names "x", which is no array`],
    ],
    ["of frames of rows that are fine", F({ part: "of-frame" }, "int32", ["N"]), []],
    [
      "of frames of rows that are no whole numbers",
      F({ part: "of-frame" }, "float32", ["N"]),
      [`${X}/part: an array "of-frame" has one axis, a symbol, and whole numbers`],
    ],
    [
      "of frames of rows with two axes",
      F({ part: "of-frame" }, "int32", ["N", 2]),
      [`${X}/part: an array "of-frame" has one axis, a symbol, and whole numbers`],
    ],
    ["of an object that is none", S({ part: "person" }), [`${X}/part: a person is an object`]],
    ["without channels", A({ part: "vertices" }), [`${X}: vertices need "channels"`]],
    [
      "with other channels than the axis",
      A({ part: "keypoints", channels: ["x", "y"] }),
      [`${X}/channels: 2 channels, but the last axis has 3`],
    ],
    [
      "with coordinates out of order",
      A({ part: "keypoints", channels: ["y", "x", "confidence"] }),
      [`${X}/channels: coordinates are x, y or x, y, z, in this order`],
    ],
    [
      "with channels of what has none",
      S({ part: "fps", channels: ["x", "y"] }),
      [`${X}/channels: "channels" is for keypoints and vertices`],
    ],
    [
      "of confidences of nothing",
      A({ part: "confidence", of: "poin" }, ["N", 3], { point: scalar }),
      [`${X}/of: "of" names "poin", which is not there; did you mean "point"?`],
    ],
    ["of boxes that are fine", A({ part: "box", channels: ["left", "top", "width", "height"] }, ["N", 4]), []],
    ["of boxes without channels", A({ part: "box" }, ["N", 4]), [`${X}: a box needs "channels"`]],
    [
      "of boxes with one side told twice",
      A({ part: "box", channels: ["left", "right", "width", "top"] }, ["N", 4]),
      [`${X}/channels: a box is a corner or its centre, with its size or the opposite corner`],
    ],
    [
      "of boxes with other channels than the axis",
      A({ part: "box", channels: ["left", "top", "right", "bottom", "confidence"] }, ["N", 4]),
      [`${X}/channels: 5 channels, but the last axis has 4`],
    ],
    ["of a box that is a number", S({ part: "box" }), [`${X}/part: a box is an array, or a list of numbers`]],
    [
      "of parameters of nothing",
      A({ part: "parameters", which: "pose" }),
      [`${X}: parameters need "model" and "which"`],
    ],
    ["of a camera of which nothing is told", S({ part: "camera" }), [`${X}: a camera needs "members"`]],
    [
      "with what only boxes and parameters have",
      S({ part: "label", which: "face", model: "smpl", lengths: "m" }),
      [
        `${X}/which: "which" is for box and parameters and points`,
        `${X}/model: "model" is for parameters`,
        `${X}/lengths: "lengths" is for camera`,
      ],
    ],
    [
      "with a part of a camera that there is not",
      S({ part: "camera", members: { K: "matrix" } }),
      [expect.stringContaining(`${X}/members/K`)],
    ],
    ["of a constant without value", S({ part: "constant" }), [`${X}/value: a constant needs "value"`]],
    ["with a value for what is none", S({ part: "label", value: 1 }), [`${X}/value: "value" is for a constant`]],
  ]);

  const LIST = { type: "array", items: { type: "number" } };
  const L = (motion: object, properties: object = {}) => ({
    "a.json": data(value({ ...LIST, motion }), { properties }),
  });
  const XY = { part: "keypoints", channels: ["x", "y", "visibility"] };
  const y = { description: "Y.", ...LIST, motion: XY };
  check([
    ["of lists of numbers is fine", L(XY), []],
    ["of a list after another is fine", L({ ...XY, after: "y", points: 2 }, { y }), []],
    [
      "of a list after one that is not there",
      L({ ...XY, after: "z", points: 2 }, { y }),
      [`${X}/after: "after" names "z", which is no list beside`],
    ],
    [
      "of a list after another of unknown size",
      L({ ...XY, after: "y" }, { y }),
      [`${X}/points: a list after another has "points", and no other list has`],
    ],
    [
      "of a first list that is left out",
      L({ ...XY, absent: "left-out" }),
      [`${X}/absent: "left-out" is for a list after another`],
    ],
    ["of what is labelled of nothing", S({ part: "labelled" }), [`${X}/of: "labelled" needs "of"`]],
    [
      "of what is labelled of a list is fine",
      { "a.json": data(value({ type: "boolean", motion: { part: "labelled", of: "y" } }), { properties: { y } }) },
      [],
    ],
    [
      "of lists for what is none",
      S({ part: "fps", conventions: ["coco"] }),
      expect.arrayContaining([`${X}/conventions: "conventions" is for keypoints that are a list of numbers`]),
    ],
    [
      "of the name of a frame without a template",
      S({ part: "frame-name" }),
      [`${X}/template: a name of a frame needs "template"`],
    ],
    [
      "of a template that says no frame",
      S({ part: "frame-name", template: "{name}.json" }),
      [expect.stringContaining(`${X}/template`)],
    ],
    [
      "of spelling of what are no names",
      S({ part: "label", spelled: { coco: { a: "b" } } }),
      expect.arrayContaining([`${X}/spelled: "spelled" is for names of keypoints, and for points under their names`]),
    ],
  ]);
});
