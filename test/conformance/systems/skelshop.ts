import type { Fixtures } from "../fixtures.js";
import type { Check, System } from "../system.js";
import { badChecks } from "./skelshop/bad.js";
import { faceChecks, otherChecks } from "./skelshop/faces.js";
import { storedChecks } from "./skelshop/stored.js";
import { textChecks } from "./skelshop/text.js";
import { traceChecks } from "./skelshop/traces.js";

/** The expected files are explained in the manifest. */
export const skelshop: System = {
  name: "skelshop",

  partOf: () => undefined,

  checks({ path, expected }, fixtures): readonly Check[] {
    if (!expected) return [];
    if (typeof expected["error"] === "string") return badChecks(path, expected["error"], fixtures);
    if (path.endsWith(".h5")) return fileChecks(path, expected, fixtures);
    return textChecks(path, expected, fixtures);
  },
};

function fileChecks(path: string, expected: Readonly<Record<string, unknown>>, fixtures: Fixtures): readonly Check[] {
  if ("traces" in expected)
    return [...storedChecks(path, expected, fixtures), ...traceChecks(path, expected, fixtures)];
  return "datasets" in expected ? faceChecks(path, expected, fixtures) : otherChecks(path, expected, fixtures);
}
