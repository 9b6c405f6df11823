import { FormatError } from "../errors.js";
import type { Layout, ObjectLayout, ScalarLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode } from "../tree/node.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { dereference, presentName } from "./resolve.js";
import { plainScalar } from "./scalar.js";

/** The major number of a version such as `2.0.1`; undefined for a text that is none. */
function majorOf(version: string): number | undefined {
  const major = /^\d{1,9}(?=\.|$)/.exec(version)?.[0];
  return major === undefined ? undefined : Number(major);
}

/** What is wrong with a version; undefined when it is one that is understood. */
export function versionProblem(version: string, majors: readonly number[]): string | undefined {
  const major = majorOf(version);
  if (major === undefined) return `${JSON.stringify(version)} is no version`;
  return majors.includes(major) ? undefined : `version ${version} is not known, only ${knownMajors(majors)}`;
}

function knownMajors(majors: readonly number[]): string {
  return `${majors.map((major) => `${major}.x`).join(" and ")} ${majors.length === 1 ? "is" : "are"}`;
}

/**
 * Refuses an object whose version is none of those that its field understands: `FormatError` `unsupported`. What a version
 * means is told by it alone, so nothing else of the object is to be believed.
 */
export async function refuseVersion(
  layout: Layout,
  field: ObjectLayout,
  group: GroupNode,
  options: WorkOptions = {},
): Promise<void> {
  for (const [key, member] of Object.entries(field.properties)) {
    if (member.kind !== "scalar" && member.kind !== "ref") continue;
    const { majors } = dereference(layout, member) as Partial<ScalarLayout>;
    const name = majors && presentName(member, key, group.keys);
    const node = name === undefined ? undefined : await group.child(name, options);
    if (!majors || node?.kind !== "scalar") continue;
    const version = plainScalar((await exactValue(node, options)) as Value);
    const problem = typeof version === "string" ? versionProblem(version, majors) : undefined;
    if (problem) throw new FormatError("unsupported", problem, { path: node.path });
  }
}
