import { checkWith, type Layout, MemorySink, memorySource, readWith, upgradeWith, writeWith } from "@somakit/core";
import { json } from "@somakit/core/gen/v1";
import { describe, expect, it } from "vitest";
import { interpretProject } from "../src/interpret.js";
import { loadProject } from "../src/project.js";

const number = (more: object = {}) => ({ description: "A number.", type: "number", ...more });

const schema = {
  $schema: "urn:somakit:dialect:1",
  $id: "urn:example:defaults:1",
  title: "Defaults",
  description: "Keys that files of before lack.",
  type: "object",
  container: "json",
  required: ["fps", "flag", "name", "takes"],
  profiles: {
    new: { description: "New files.", severity: { legacy: "error" } },
    whole: { description: "Files that say it.", severity: {}, required: { "": ["fps"] } },
  },
  if: { properties: { flag: { const: true } }, required: ["flag"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword
  then: { required: ["unit"] },
  properties: {
    fps: number({ default: 30 }),
    flag: { $ref: "#/$defs/Flag" },
    name: { description: "Name.", type: "string" },
    unit: { description: "Unit.", type: "string", default: "m" },
    takes: {
      description: "Takes of either form.",
      type: "array",
      items: { anyOf: [{ $ref: "#/$defs/Take" }, { $ref: "#/$defs/Other" }] },
    },
  },
  $defs: {
    Flag: { description: "A flag.", type: "boolean", default: true },
    Take: {
      description: "A take.",
      type: "object",
      required: ["long", "kind"],
      properties: {
        long: number({ stored: { name: "l" } }),
        kind: { description: "Kind.", type: "string", default: "a" },
      },
    },
    Other: { description: "Another take.", type: "object", required: ["short"], properties: { short: number() } },
  },
};

async function layoutOf(changes: object = {}): Promise<Layout> {
  const texts = new Map([["defaults.json", JSON.stringify({ ...schema, ...changes })]]);
  const [entry] = interpretProject(loadProject(texts), { json }).registry;
  if (!entry) throw new Error("no data set");
  return entry.load();
}

const source = (value: object) => memorySource(new TextEncoder().encode(JSON.stringify(value)));
const old = () => source({ name: "x", takes: [{ l: 1 }, { short: 2 }] });
const codes = async (layout: Layout, profile?: string) =>
  (await checkWith(layout, old(), { profile })).map(({ code, severity, path }) => `${severity} ${code} ${path}`);

describe("a required key with a default, in a file that lacks it", () => {
  it("is filled in by reading, through references and in each form of an item", async () => {
    expect(await readWith(await layoutOf(), old())).toEqual({
      fps: 30,
      flag: true,
      name: "x",
      unit: "m",
      takes: [{ long: 1, kind: "a" }, { short: 2 }],
    });
  });

  it("is an outdated form to a check, which says what is read in its place", async () => {
    const issues = await checkWith(await layoutOf(), old());
    expect(issues).toMatchObject([
      { code: "legacy", severity: "warning", path: "takes[0].kind", rule: expect.stringMatching(/#.*Take\/required$/) },
      { code: "legacy", severity: "warning", path: "fps", message: '"fps" is required, but missing: read as 30' },
      { code: "legacy", severity: "warning", path: "flag" },
    ]);
    expect(issues[1]?.hint).toMatch(/upgrade/);
  });

  it("is as grave as profiles and severities say", async () => {
    const layout = await layoutOf();
    const legacy = ["legacy takes[0].kind", "legacy fps", "legacy flag"];
    expect(await codes(layout, "new")).toEqual(legacy.map((issue) => `error ${issue}`));
    expect(await codes(layout, "whole")).toEqual([
      "warning legacy takes[0].kind",
      "error missing fps",
      "warning legacy flag",
    ]);
    const graver = await layoutOf({ severity: { required: "error" } });
    expect(await codes(graver)).toEqual(["warning legacy takes[0].kind", "error legacy fps", "error legacy flag"]);
  });

  it("is an error when it has none", async () => {
    const issues = await checkWith(await layoutOf(), source({ takes: [] }));
    expect(issues.filter(({ severity }) => severity === "error")).toMatchObject([{ code: "missing", path: "name" }]);
    await expect(readWith(await layoutOf(), source({ takes: [] }))).rejects.toMatchObject({ code: "missing" });
  });

  it("counts in conditions as what is read", async () => {
    const { properties } = schema;
    const { default: _, ...unit } = properties.unit;
    // The flag that is absent is true, so the unit is required.
    const issues = await checkWith(await layoutOf({ properties: { ...properties, unit } }), old());
    expect(issues.filter(({ severity }) => severity === "error")).toMatchObject([{ code: "missing", path: "unit" }]);
  });

  it("is written, and added by an upgrade", async () => {
    const layout = await layoutOf();
    const sink = new MemorySink();
    await writeWith(layout, sink, { name: "x", takes: [] } as never);
    expect(JSON.parse(new TextDecoder().decode(sink.bytes()))).toMatchObject({ fps: 30, flag: true, unit: "m" });
    expect((await checkWith(layout, memorySource(sink.bytes()))).length).toBe(0);
    const { changes } = await upgradeWith(layout, { name: "x", takes: [{ long: 1 }] } as never);
    expect(changes.map(({ path }) => path)).toEqual(expect.arrayContaining(["fps", "flag", "takes[0].kind"]));
  });

  it("tells no file from another", async () => {
    expect((await layoutOf()).detect).toEqual([{ present: ["name", "takes"], absent: [] }]);
    const only = { required: ["fps"] };
    expect((await layoutOf(only)).detect).toEqual([{ present: ["fps"], absent: [] }]);
  });
});
