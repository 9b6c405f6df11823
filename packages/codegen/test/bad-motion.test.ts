import { describe, expect } from "vitest";
import { array, check, data, N, scalar, value } from "./bad.js";

describe("motion", () => {
  const X = "error a.json#/properties/x/motion";
  const A = (motion: object, shape: readonly unknown[] = ["N", 3], properties: object = {}) => ({
    "a.json": data(array(shape, { motion }), { ...N, properties }),
  });
  const S = (motion: object) => ({ "a.json": data(value({ type: "integer", motion })) });
  check([
    ["that is fine", A({ part: "keypoints", channels: ["x", "y", "confidence"] }), []],
    ["of a part that there is not", S({ part: "keypoint" }), [expect.stringContaining(`${X}/part`)]],
    [
      "of numbers that are no array",
      S({ part: "confidence", of: "x" }),
      [`${X}/part: confidence are an array`, `${X}/of: "of" names "x", which is no array`],
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
    ["of a constant without value", S({ part: "constant" }), [`${X}/value: a constant needs "value"`]],
    ["with a value for what is none", S({ part: "label", value: 1 }), [`${X}/value: "value" is for a constant`]],
  ]);
});
