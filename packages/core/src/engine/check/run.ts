import type { Issue } from "../../issues.js";
import type { Layout } from "../../layout/layout.js";
import type { Node } from "../../tree/node.js";
import { RecordTree } from "../records/tree.js";
import type { TreeCheckOptions } from "./check.js";
import { checkFinished } from "./records.js";
import { checkReferences, type Naming } from "./references.js";
import { Report } from "./report.js";
import { checkStructure } from "./structure.js";
import { visit } from "./walk.js";

/** See `checkTree`. */
export async function runCheck(layout: Layout, root: Node, options: TreeCheckOptions): Promise<readonly Issue[]> {
  const report = new Report(layout, options);
  const required = options.profile === undefined ? {} : (layout.profiles[options.profile]?.required ?? {});
  const { form, nulls = "keep", holds = "values" } = options;
  const namings = new Map<string, Naming>();
  const lists = new Map<string, readonly unknown[]>();
  const structure = await layout.structure?.();
  const value = await visit(
    { layout, structure, holds, nulls, form, report, scope: undefined, namings, root, lists, required, options },
    layout.root,
    root,
    {
      key: "",
      group: undefined,
    },
  );
  checkReferences(report, namings.values(), value, lists);
  if (root instanceof RecordTree) checkFinished(report, root.records);
  if (structure) checkStructure(report, structure, value);
  return report.issues();
}
