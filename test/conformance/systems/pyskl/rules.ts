import { type Issue, readPickle, type Value } from "@somakit/core";
import * as kpfile from "../../../../packages/formats/src/pyskl/kpfile.gen.js";
import * as list from "../../../../packages/formats/src/pyskl/list.gen.js";
import * as pyskl from "../../../../packages/formats/src/pyskl/pyskl.gen.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

/** What expected texts call by name, and issues have to name too. */
const NAMES =
  /annotations\[\d+\]|\b(?:annos|annotations|split|frame_dir|label|total_frames|img_shape|keypoint_score|keypoint|frame_inds|box_score|raw_file|valid)\b/g;

/** A file that breaks the rules of annotations, in the way that the text says: where, and how grave that is. */
export function rulesCheck(path: string, error: string, fixtures: Fixtures): Check {
  return {
    name: "rules",
    run: async () => {
      const issues = await issuesOf(path, fixtures);
      // What the text says in brackets, of another file, or of what the file is not, need not be said.
      const claim = error.replace(/\(.*\)|kpfile keypoint.*|, not .*/g, "");
      const [first = "", ...others] = new Set(claim.match(NAMES));
      const grave = error.includes("(warning") ? "warning" : "error";
      const fits = ({ severity, path: place, message }: Issue): boolean => {
        const said = `${place}: ${message}`;
        return isAsGrave(severity, grave, error) && [first, ...others].every((name) => said.includes(name));
      };
      if (issues.some(fits)) return [];
      return [{ path: first, expected: `${grave}: ${error}`, found: summaryOf(issues) }];
    },
  };
}

/** Texts only say what is a warning where it could be taken for an error. */
function isAsGrave(severity: Issue["severity"], grave: "warning" | "error", error: string): boolean {
  return severity === grave || (severity === "warning" && /no annotation has|no split/.test(error));
}

/** A data set that upstream uses breaks no rule that makes it unusable. */
export function soundCheck(path: string, fixtures: Fixtures): Check {
  return {
    name: "rules",
    run: async (): Promise<readonly Difference[]> => {
      const errors = (await issuesOf(path, fixtures)).filter(({ severity }) => severity === "error");
      return errors.length === 0 ? [] : [{ path: "", expected: "no errors", found: summaryOf(errors) }];
    },
  };
}

/** The file of a table of contents whose keypoints are not what they should be. */
export function kpfileCheck(path: string, error: string, fixtures: Fixtures): Check | undefined {
  if (!error.startsWith("kpfile keypoint")) return undefined;
  return {
    name: "rules",
    run: async () => {
      const issues = await kpfile.check(fixtures.bytes(path.replace(/\.pkl$/, ".kpfiles/p.pkl")));
      const found = issues.some(({ severity, code, path: at }) => {
        return severity === "error" && code === "shape" && at.endsWith(".keypoint");
      });
      return found ? [] : [{ path: "", expected: error, found: summaryOf(issues) }];
    },
  };
}

function issuesOf(path: string, fixtures: Fixtures): Promise<readonly Issue[]> {
  const bytes = fixtures.bytes(path);
  const root: Value = readPickle(bytes);
  return Array.isArray(root) ? list.check(bytes) : pyskl.check(bytes);
}

function summaryOf(issues: readonly Issue[]): string {
  return issues.map(({ severity, path, message }) => `${severity} ${path}: ${message}`).join("; ") || "no issue";
}
