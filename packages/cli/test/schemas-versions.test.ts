import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Result, shell } from "./run.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "somakit-versions-"));
  for (const version of ["v1", "v2"]) mkdirSync(join(folder, version));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string): Promise<Result> => shell(`cd "$HERE" && ${line}`, { HERE: folder });

function schema(version: number, properties: object, required: readonly string[]): string {
  return JSON.stringify({
    $schema: "urn:somakit:dialect:1",
    $id: `urn:example:walk:${version}`,
    title: "Walk",
    description: "A walk.",
    type: "object",
    container: "json",
    detect: [["rotations"], ["poses"]],
    dims: { N: { role: "frame" } },
    required,
    properties,
  });
}

test("a file of version 1 is known, valid and brought up to date under version 2 of its schema", async () => {
  const shown = { description: "Rotations.", ndarray: { dtype: "float64", shape: ["N", 3] } };
  const box = { description: "A box.", ndarray: { dtype: "float64", shape: ["N", 4] } };
  const legacy = [{ shape: ["N", 4], fill: 1, description: "Version 1 has no confidence." }];
  const fps = { description: "Frames per second.", type: "number", default: 30 };
  writeFileSync(join(folder, "v1/walk.json"), schema(1, { rotations: shown, boxes: box }, ["rotations"]));
  const second = {
    poses: { ...shown, stored: { aliases: ["rotations"] } },
    boxes: { ...box, ndarray: { dtype: "float64", shape: ["N", 5] }, legacy },
    fps,
  };
  writeFileSync(join(folder, "v2/walk.json"), schema(2, second, ["poses", "fps"]));
  const rows = [0.5, 1.5].map((number) => [number, number, number]);
  writeFileSync(join(folder, "old.json"), JSON.stringify({ rotations: rows, boxes: rows.map((row) => [...row, 9.5]) }));

  expect((await run("somakit slice old.json 0:2 -o written.json --schemas v1")).code).toBe(0);
  expect((await run("somakit validate written.json --schemas v1")).stdout).toContain("Walk, no issues");

  const { stdout, code } = await run("somakit schema diff v1 v2 --fail-on breaking");
  expect({ stdout, code }).toMatchObject({ stdout: expect.stringContaining("0 breaking, 3 upgrade"), code: 0 });

  expect((await run("somakit info written.json --schemas v2")).stdout).toMatch(
    /Walk \(walk\) as json\nframes {4}2 \(N\)/,
  );
  expect((await run("somakit upgrade written.json -o new.json --schemas v2")).code).toBe(0);
  const value = JSON.parse(readFileSync(join(folder, "new.json"), "utf8")) as Record<string, unknown>;
  expect(value).toMatchObject({ poses: rows, boxes: [[0.5, 0.5, 0.5, 9.5, 1], expect.anything()], fps: 30 });
  expect(value).not.toHaveProperty("rotations");
  expect((await run("somakit validate new.json --schemas v2")).stdout).toContain("Walk, no issues");
}, 60_000);
