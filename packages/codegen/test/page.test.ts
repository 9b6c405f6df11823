import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dialectFiles } from "../src/dialect/dialect.gen.js";
import type { Json, JsonObject } from "../src/ir.js";
import { loadProject } from "../src/project.js";
import { SCHEMAS } from "./dialect-files.js";
import { filesIn, lines } from "./project-files.js";

const page = readFileSync(join(SCHEMAS, "../docs/writing-a-schema.md"), "utf8");
const [whole, ...parts] = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json]) =>
  JSON.parse(json as string),
);
/** Schemas, and list files, stand for themselves; what is left are properties. */
const ofKind = (test: (part: JsonObject) => boolean) =>
  parts.filter((part) => test(part as JsonObject)) as JsonObject[];
const schemas = ofKind((part) => "container" in part);
const lists = ofKind((part) => String(part["$schema"]).endsWith("list.json"));
const properties = ofKind((part) => !("$schema" in part));
const conventions = filesIn(join(SCHEMAS, "conventions"));

const problems = (schema: JsonObject): string[] =>
  lines(loadProject(new Map([["lab.json", JSON.stringify(schema)]]), { conventions }).problems);

describe("docs/writing-a-schema.md", () => {
  it("shows a schema that is fine as a whole", () => {
    for (const schema of [whole, ...schemas]) expect(problems(schema as JsonObject)).toEqual([]);
  });

  it("shows a list file that is fine", () => {
    expect(lists).toHaveLength(1);
    const files = lists.map((list) => {
      return [`${String(list["name"])}.json`, JSON.stringify({ ...list, $schema: "urn:somakit:list:1" })] as const;
    });
    expect(lines(loadProject(new Map(files)).problems)).toEqual([]);
  });

  it.each(properties.map((part, index) => [index + 1, part as Json] as const))(
    "shows property %d, which is fine in a schema",
    (_, part) => {
      const mask = { description: "A mask.", ndarray: { dtype: "uint8", shape: ["*"] } };
      const text = { description: "A name.", type: "string" };
      const schema: JsonObject = {
        $schema: "urn:somakit:dialect:1",
        title: "Lab",
        description: "Whatever the page shows.",
        type: "object",
        container: "npz",
        dims: { N: { role: "frame" }, K: { role: "keypoint" }, M: {}, T: {}, V: {}, C: {} },
        properties: {
          shown: part,
          shown_convention: text,
          keypoints2d_mask: mask,
          keypoints3d_mask: mask,
          total_frames: { description: "Frames.", type: "integer" },
          img_shape: { description: "Height and width.", type: "array", items: { type: "integer" } },
        },
      };
      expect(problems(schema)).toEqual([]);
    },
  );

  const ours = ["array", "checks", "policy", "skeleton", "storage"].flatMap((name) =>
    Object.keys(dialectFiles[`${name}.json`]?.["properties"] ?? {}),
  );
  it.each(ours)("says what %s is, with an example", (keyword) => {
    expect(page).toContain(`\`${keyword}`);
    expect(page).toContain(`"${keyword}":`);
  });

  it.each(Object.keys(dialectFiles["standard.json"]?.["properties"] ?? {}))("names %s of JSON Schema", (keyword) => {
    expect(page).toContain(`\`${keyword}\``);
  });
});
