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
    ["with an edge to nowhere", C({ edges: [["a", "z"]] }), ['error five.json#/edges/0/1: there is no keypoint "z"']],
    [
      "with an edge twice",
      C({
        edges: [
          ["a", "b"],
          ["b", "a"],
        ],
      }),
      ['error five.json#/edges/1: the edge from "b" to "a" occurs twice'],
    ],
    ["with an edge of one", C({ edges: [["a", "a"]] }), ["error five.json#/edges/0: an edge joins two keypoints"]],
  ]);
});
