import { describe } from "vitest";
import { check, five } from "./bad.js";

describe("conventions", () => {
  const C = (more: object, file = "five.json"): Record<string, unknown> => ({ [file]: { ...five, ...more } });
  const pair = (a: object, b: object) =>
    C({
      keypoints: [
        { name: "a", ...a },
        { name: "b", ...b },
      ],
    });
  const edges = (...joined: readonly (readonly string[])[]) => C({ limbs: [{ edges: joined }] });
  check([
    ["that are fine", C({}), []],
    [
      "in a file of another name",
      C({}, "six.json"),
      ['error six.json#/name: convention "five" is in a file called "six"'],
    ],
    [
      "that exist already",
      { ...C({}), ...C({}, "sub/five.json") },
      ['error sub/five.json#/name: convention "five" is also in five.json'],
    ],
    [
      "with an unknown key",
      C({ keypoint: [] }),
      ['error five.json#/keypoint: unknown key "keypoint"; did you mean "keypoints"?'],
    ],
    [
      "with a name that is none",
      C({ name: "a-b" }),
      ['error five.json#/name: name "a-b" is no name of a convention: a letter, then letters, digits and "_"'],
    ],
    [
      "with a keypoint twice",
      pair({}, { name: "a" }),
      ['error five.json#/keypoints/1/name: the name "a" is that of keypoint 0, too'],
    ],
    [
      "with an alias that is a name",
      pair({ aliases: ["b"] }, {}),
      ['error five.json#/keypoints/0/aliases/0: the name "b" is that of keypoint 1, too'],
    ],
    [
      "with a mirror that is not there",
      pair({ mirror: "right_b" }, {}),
      ['error five.json#/keypoints/0/mirror: there is no keypoint "right_b"'],
    ],
    [
      "with a mirror on one side only",
      pair({ mirror: "b" }, {}),
      ['error five.json#/keypoints/0/mirror: "b" does not name "a" as its mirror in turn'],
    ],
    ["with an edge to nowhere", edges(["a", "z"]), ['error five.json#/limbs/0/edges/0/1: there is no keypoint "z"']],
    [
      "with an edge twice",
      edges(["a", "b"], ["b", "a"]),
      ['error five.json#/limbs/0/edges/1: the edge from "b" to "a" occurs twice'],
    ],
    [
      "with an edge in two limbs",
      C({ limbs: [{ edges: [["a", "b"]] }, { part: "body", edges: [["a", "b"]] }] }),
      ['error five.json#/limbs/1/edges/0: the edge from "a" to "b" occurs twice'],
    ],
    ["with an edge of one", edges(["a", "a"]), ["error five.json#/limbs/0/edges/0: an edge joins two keypoints"]],
    [
      "with a colour that is none",
      C({ limbs: [{ color: [0, 0, 256], edges: [["a", "b"]] }] }),
      ["error five.json#/limbs/0/color/2: color item must be at most 255"],
    ],
    [
      "with a limb of nothing",
      C({ limbs: [{ part: "body" }] }),
      ['error five.json#/limbs/0: limbs item needs "edges"'],
    ],
    [
      "with a part that is no name",
      pair({ parts: ["left hand"] }, {}),
      [
        'error five.json#/keypoints/0/parts/0: parts item "left hand" is no name of a part: a letter, then letters, digits and "_"',
      ],
    ],
    [
      "with a keypoint whose parts are others elsewhere",
      {
        ...pair({ parts: ["head"] }, { parts: ["arm"] }),
        ...C({ name: "six", keypoints: [{ name: "b", parts: ["leg"] }] }, "six.json"),
      },
      ['error six.json#/keypoints/0/parts: "b" belongs to other parts in five.json: arm'],
    ],
    [
      "with a keypoint whose parts are not stated elsewhere",
      { ...pair({ parts: ["head"] }, {}), ...C({ name: "six", keypoints: [{ name: "a" }] }, "six.json") },
      [],
    ],
  ]);
});
