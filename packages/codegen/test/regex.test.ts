import { describe, expect, it } from "vitest";
import { isCatastrophic } from "../src/lint/patterns.js";

describe("patterns that may take forever", () => {
  it.each([
    "(a+)+",
    "(a*)*",
    "^(a+)+$",
    "(?:\\w+\\s?)*$",
    "([a-z]+)*",
    "(a|a)*",
    "(\\w|\\d)+",
    "(?<x>.*)*",
    "(x+x+)+y",
    "((a+))*",
    "(a{2,})*",
    "(a+){10,20}",
    "a|(b+)+",
  ])("%s", (pattern) => expect(isCatastrophic(pattern)).toBe(true));
});

describe("patterns that do not", () => {
  it.each([
    "",
    "^a+$",
    "^[a-z]+(_[a-z]+)*$",
    "^([a-z]+/)*$",
    "(ab)*",
    "(a|b)*",
    "^S\\d{3}C\\d{3}$",
    "^(?:\\d+,)*\\d+$",
    "a{2,3}{",
    "\\(a+\\)+",
    "[(a+)+]+",
    "\\p{L}+",
    "^keypoints[23]d_[a-z]+_mask$",
    "(a+)?",
    "(a+){2}",
    "([^/]+/)*",
  ])("%s", (pattern) => expect(isCatastrophic(pattern)).toBe(false));
});
