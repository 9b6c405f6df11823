import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateFolder } from "../src/folder.js";
import { shippedConventions } from "../src/shipped.js";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "somakit-shipped-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, value: unknown): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(value));
}

/** A package of formats with two conventions, as it would be installed. */
function install(): void {
  const convention = (name: string) => ({
    $schema: "../dialect/convention.json",
    name,
    description: "For a test.",
    keypoints: [{ name: "a" }, { name: "b" }],
  });
  const formats = "node_modules/@somakit/formats";
  put(`${formats}/package.json`, { name: "@somakit/formats", exports: { "./schemas/*": "./dist/schemas/*" } });
  for (const name of ["human_data", "only_here"])
    put(`${formats}/dist/schemas/conventions/${name}.json`, convention(name));
}

const points = {
  description: "Points.",
  ndarray: { dtype: "float32", shape: ["*", 2] },
  keypoints: { axis: 1, convention: "only_here" },
};
const schema = {
  $schema: "urn:somakit:dialect:1",
  title: "Small",
  description: "A small data set.",
  type: "object",
  container: "npz",
  properties: { points },
};

test("conventions that the formats of a project ship are found from its folder of schemas", () => {
  install();
  const expected = join(root, "node_modules/@somakit/formats/dist/schemas/conventions");
  expect(shippedConventions(root)).toBe(expected);
  expect(shippedConventions(join(root, "some/schemas"))).toBe(expected);
});

test("schemas name them without having them", async () => {
  install();
  put("schemas/small.json", schema);
  const options = { schemas: join(root, "schemas"), out: join(root, "out") };
  const report = await generateFolder(options);
  expect(report.problems).toEqual([]);
  expect(report.missing.filter((path) => path.startsWith("conventions/"))).toEqual([]);
  const without = await generateFolder({ ...options, conventions: null });
  expect(without.problems.map(({ message }) => message)).toEqual([
    'convention "only_here" is not known: the folder has no conventions',
  ]);
});
