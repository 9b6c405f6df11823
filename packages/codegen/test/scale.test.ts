import { expect, it } from "vitest";
import { loadProject } from "../src/project.js";

/** A schema of 40 properties, half of them in parts of another file. */
function schema(number: number): string {
  const properties = Array.from({ length: 20 }, (_, index) => {
    const array = { dtype: ["float32", "float64"], shape: ["N", "K", 3] };
    return [`key_${index}`, { description: `Key ${index}.`, ndarray: array, unit: "m" }] as const;
  });
  const parts = Array.from(
    { length: 20 },
    (_, index) => [`part_${index}`, { $ref: `parts.json#/$defs/Part${index}` }] as const,
  );
  return JSON.stringify(
    {
      $schema: "urn:somakit:dialect:1",
      title: `Set ${number}`,
      description: "One of many.",
      type: "object",
      container: "npz",
      required: ["key_0"],
      dims: { N: { role: "frame" }, K: { size: 17 } },
      properties: Object.fromEntries([...properties, ...parts]),
    },
    null,
    2,
  );
}

function parts(): string {
  const inner = { description: "Inner.", ndarray: { dtype: "float32", shape: ["N"] } };
  const defs = Array.from({ length: 20 }, (_, index) => {
    const next = { $ref: `#/$defs/Part${(index + 1) % 20}` };
    return [`Part${index}`, { description: "A part.", type: "object", properties: { inner, next } }] as const;
  });
  return JSON.stringify({ $schema: "urn:somakit:dialect:1", $defs: Object.fromEntries(defs) });
}

it("loads 200 schemas in no time", () => {
  const files = new Map<string, string>(
    Array.from({ length: 200 }, (_, number) => [`many/set${number}.json`, schema(number)] as const),
  );
  files.set("many/parts.json", parts());
  const start = performance.now();
  const { datasets, problems } = loadProject(files);
  const seconds = (performance.now() - start) / 1000;
  console.log(`200 schemas of 40 properties: ${seconds.toFixed(2)} s`);
  expect([datasets.length, problems]).toEqual([200, []]);
  // A bound for runaways only; two seconds are the aim.
  expect(seconds).toBeLessThan(20);
});
