import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkers } from "@somakit/formats/jobs";
import { registry } from "@somakit/formats/registry";
import { expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture, workFolder } from "./work-folder.js";

const { path } = workFolder();

interface Report {
  readonly files: readonly { readonly issues: readonly { readonly path: string; readonly rule: string }[] }[];
}

test("checkers are those of data sets that are known", () => {
  const ids = registry.map(({ id }) => id);
  expect(checkers.length).toBeGreaterThan(0);
  for (const { datasets } of checkers) expect(ids).toEqual(expect.arrayContaining([...datasets]));
});

test("validate finds files of a folder that do not fit together, where values are looked at", async () => {
  cpSync(fixture("../datagen/faces_min"), path("faces"), { recursive: true });
  const name = readdirSync(path("faces"), { recursive: true, encoding: "utf8" }).find((file) =>
    file.endsWith("camera_metadata.json"),
  );
  const file = join(path("faces"), name as string);
  const metadata = JSON.parse(readFileSync(file, "utf8")) as { camera_name: string };
  writeFileSync(file, JSON.stringify({ ...metadata, camera_name: "another" }));
  const report = async (...options: string[]): Promise<Report> => {
    const { stdout } = await somakit(["--json", "validate", path("faces"), ...options]);
    return JSON.parse(stdout) as Report;
  };
  const messages = async (...options: string[]): Promise<string> => JSON.stringify((await report(...options)).files);
  expect(await messages()).toContain('camera_name is \\"another\\"');
  expect(await messages("--depth", "headers")).not.toContain('camera_name is \\"another\\"');
});
