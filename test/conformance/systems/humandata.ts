import { type Check, later, type Subject, type System } from "../system.js";
import { badChecks } from "./humandata/bad.js";
import { cacheChecks, goodChecks, instanceChecks, viewChecks } from "./humandata/good.js";
import { opener } from "./humandata/open.js";

/** The expected files are explained in the manifest. */
export const humandata: System = {
  name: "humandata",

  partOf: () => undefined,

  checks(subject, fixtures) {
    const { path, expected } = subject;
    const view = /^(.*)\.as_(\w+)$/.exec(path);
    if (view?.[1] !== undefined && expected && fixtures.has(view[1])) return viewChecks();
    if (!expected) return unexpected(subject);
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

function unexpected({ path, listed }: Subject): readonly Check[] {
  const name = path.split("/").at(-1) as string;
  if (/^trace-.*\.json$/.test(name)) return [{ name: "trace", skip: later("operations on HumanData objects") }];
  if (name === "convention-pairs.json") {
    return [{ name: "pairs", skip: later("mapping keypoints between conventions") }];
  }
  if (listed && /\.(py|md|txt)$/.test(name))
    return [{ name: "", skip: "a tool that belongs to the fixtures, no data" }];
  return [];
}
