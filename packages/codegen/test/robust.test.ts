import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../src/ir.js";
import { parseJson } from "../src/load/json.js";
import { segmentsOf } from "../src/load/pointer.js";
import { formatProblems, loadProject } from "../src/project.js";
import { SCHEMAS } from "./dialect-files.js";
import { filesIn, projectOf } from "./project-files.js";

const zoo = filesIn(join(SCHEMAS, "zoo"));

/** A place in one of the zoo's files, and what to put there. */
const mutation = fc.constantFrom(...zoo.keys()).chain((file) => {
  const pointers = [...parseJson(zoo.get(file) ?? "").positions.keys()];
  const others = fc.constantFrom<Json>("npz", "N", -1, 0.5, [], {}, true, false, null, "#/$defs/Node", ["...", "..."], {
    type: 1,
  });
  return fc.tuple(
    fc.constant(file),
    fc.constantFrom(...pointers),
    fc.oneof(others, fc.jsonValue() as fc.Arbitrary<Json>),
  );
});

describe("loadProject", () => {
  it("never throws, whatever is wrong in a file, and says where", () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const files = new Map(zoo);
        for (const [file, pointer, value] of mutations) {
          files.set(file, JSON.stringify(replaced(JSON.parse(files.get(file) ?? ""), segmentsOf(pointer), value)));
        }
        const { problems } = loadProject(files);
        expect(formatProblems(problems).length).toBeGreaterThan(0);
        for (const { file } of problems) expect(files.has(file)).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("takes texts that are cut off anywhere", () => {
    const text = zoo.get("names.json") ?? "";
    for (let end = 0; end < text.length; end += 97) {
      expect(loadProject(new Map([["names.json", text.slice(0, end)]])).problems).toHaveLength(1);
    }
  });

  it("ends, even when parts surround each other in more ways than can be counted", () => {
    const names = Array.from({ length: 24 }, (_, index) => `P${index}`);
    const parts = names.map((name) => {
      const others = names.map((other) => [other, { description: "Other.", $ref: `#/$defs/${other}` }] as const);
      const sizes = { [`${name}_size`]: {} };
      return [
        name,
        { description: "Part.", type: "object", dims: sizes, properties: Object.fromEntries(others) },
      ] as const;
    });
    const { problems } = projectOf({
      "a.json": {
        $schema: "urn:somakit:dialect:1",
        title: "Knot",
        description: "Knot.",
        type: "object",
        container: "json",
        properties: { p: { description: "Start.", $ref: "#/$defs/P0" } },
        $defs: Object.fromEntries(parts),
      },
    });
    expect(problems.map(({ message }) => message)).toEqual([
      "parts refer to each other in more ways than can be checked",
    ]);
  }, 60_000);
});

it("follows references deeper than the stack", () => {
  const names = Array.from({ length: 15_000 }, (_, index) => `P${index}`);
  const parts = names.map((name, index) => {
    const next = names[index + 1];
    return [
      name,
      next === undefined ? { type: "null" } : { type: "array", items: { $ref: `#/$defs/${next}` } },
    ] as const;
  });
  const schema = {
    title: "Chain",
    description: "Chain.",
    type: "array",
    container: "json",
    items: { $ref: "#/$defs/P0" },
  };
  const file = { $schema: "urn:somakit:dialect:1", ...schema, $defs: Object.fromEntries(parts) };
  expect(projectOf({ "a.json": file }).problems).toEqual([]);
}, 60_000);

/** `value` with something else at a pointer. A pointer that an earlier change has cut off changes nothing. */
function replaced(value: Json, segments: readonly string[], other: Json): Json {
  const [first, ...rest] = segments;
  if (first === undefined) return other;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === first ? replaced(item, rest, other) : item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === first ? replaced(item, rest, other) : item]),
  );
}
