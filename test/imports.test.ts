import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const sources = resolve(import.meta.dirname, "../packages/formats/src");

/** Imports and exports of values of core's own entry point. */
const STATEMENT = /^(?:import|export) (?!type\b)[^;]*? from "@somakit\/core";/gm;

test("data sets import core by concern: bundlers that split load all that an index names", () => {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(100);
  const guilty = files.flatMap((file) =>
    (readFileSync(resolve(sources, file), "utf8").match(STATEMENT) ?? []).map((statement) => `${file}: ${statement}`),
  );
  expect(guilty).toEqual([]);
});
