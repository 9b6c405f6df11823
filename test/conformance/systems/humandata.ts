import type { Fixtures } from "../fixtures.js";
import type { Check, Subject, System } from "../system.js";
import { badChecks } from "./humandata/bad.js";
import { convertChecks, pairChecks } from "./humandata/conventions.js";
import { cacheChecks, goodChecks, instanceChecks, viewChecks } from "./humandata/good.js";
import { opener } from "./humandata/open.js";
import { traceChecks } from "./humandata/traces.js";

/** The expected files are explained in the manifest. */
export const humandata: System = {
  name: "humandata",

  partOf: () => undefined,

  checks(subject, fixtures) {
    const { path, expected } = subject;
    const view = /^(.*)\.as_(\w+)$/.exec(path);
    if (view?.[1] !== undefined && expected && fixtures.has(view[1]))
      return viewChecks(fixtures.path(view[1]), expected);
    if (!expected) return unexpected(subject, fixtures);
    if (subject.kind !== "file") return [];
    const open = opener(fixtures, path, expected);
    if (typeof expected["error"] === "string") return badChecks(open, expected);
    switch (expected["format"]) {
      case "pkl-instance":
        return instanceChecks(open, expected);
      case "cache-npz":
        return cacheChecks(open, expected);
      default:
        return goodChecks(open, expected, fixtures.bytes(path));
    }
  },
};

function unexpected({ path, listed }: Subject, fixtures: Fixtures): readonly Check[] {
  const name = path.split("/").at(-1) as string;
  if (name === "convention-pairs.json") return pairChecks(fixtures, path);
  if (name === "trace-convert-kps.json") return convertChecks(fixtures, path);
  if (/^trace-.*\.json$/.test(name)) return traceChecks(fixtures, path);
  if (listed && /\.(py|md|txt)$/.test(name))
    return [{ name: "", skip: "a tool that belongs to the fixtures, no data" }];
  return [];
}
