import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype } from "../src/ndarray/dtype.js";
import { elementPath, memberPath, parsePath } from "../src/value/path.js";
import { plain } from "../src/value/plain.js";
import { Complex, Float, float, Instance, NumpyScalar, Tuple, type Value } from "../src/value/value.js";

describe("paths", () => {
  it.each([
    ["smpl.body_pose", ["smpl", "body_pose"]],
    ["annotations[3].keypoint", ["annotations", 3, "keypoint"]],
    ['["odd key"][0]["a\\"b"]', ["odd key", 0, 'a"b']],
    ["", []],
  ])("%s", (text, steps) => {
    expect(parsePath(text)).toEqual(steps);
  });

  it("reads back whatever names there are", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat())), (steps) => {
        const path = steps.reduce<string>(
          (parent, step) => (typeof step === "number" ? elementPath(parent, step) : memberPath(parent, step)),
          "",
        );
        expect(parsePath(path)).toEqual(steps);
      }),
    );
  });

  it.each([".a", "a..b", "a[", "a[x]", 'a["x]', "a b", "[1]b"])("refuses %s", (text) => {
    expect(() => parsePath(text)).toThrow(SyntaxError);
  });
});

describe("exact values", () => {
  it("keeps floats with whole values apart from ints, and lets them work as numbers", () => {
    expect(float(3)).toBeInstanceOf(Float);
    expect(float(3.5)).toBe(3.5);
    expect(float(Number.NaN)).toBeNaN();
    expect(Object.is(float(-0), -0)).toBe(true);
    expect((float(3) as number) + 1).toBe(4);
    expect(JSON.stringify({ fps: float(30) })).toBe('{"fps":30}');
  });

  it("knows tuples, whose derived arrays are lists", () => {
    const tuple = Tuple.of<Value>(3, "x");
    expect([tuple.length, ...tuple]).toEqual([2, 3, "x"]);
    expect(Tuple.of(5)).toHaveLength(1);
    expect(tuple.map(String)).not.toBeInstanceOf(Tuple);
    expect(tuple).toBeInstanceOf(Array);
  });
});

describe("plain", () => {
  it("unwraps what only Python tells apart", () => {
    const value = new Map<Value, Value>([
      ["fps", float(30)],
      ["size", Tuple.of<Value>(2, new NumpyScalar(dtype("<i8"), 5n))],
      ["__proto__", "harmless"],
      ["odd", new Map<Value, Value>([[float(1), new Complex(1, 2)]])],
    ]);
    const result = plain(value) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(["fps", "size", "__proto__", "odd"]);
    expect([result["fps"], result["size"]]).toEqual([30, [2, 5n]]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(result["odd"]).toEqual(new Map([[1, new Complex(1, 2)]]));
  });

  it("keeps sharing and cycles", () => {
    const list: Value[] = [];
    list.push(list, list);
    const result = plain(list) as unknown[];
    expect(result[0]).toBe(result);
    const instance = new Instance("lab", "Camera");
    instance.items.set("self", instance);
    const record = plain(instance) as Record<string, unknown>;
    expect(record["self"]).toBe(record);
  });
});
