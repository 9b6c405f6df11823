import type { Layout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import { bestScore } from "../detect-rule.js";
import type { FolderNode } from "./raw.js";

/** How many folders may lie around a data set. */
const DEEPEST = 8;

/**
 * The folder that a data set is. It may lie in others that hold nothing else, as it does in archives; `root` itself when none
 * is recognised.
 */
export async function datasetFolder(layout: Layout, root: FolderNode, options: WorkOptions = {}): Promise<FolderNode> {
  let at = root;
  for (let depth = 0; depth < DEEPEST; depth++) {
    if ((await bestScore(layout.detect, at, options)) > 0) return at;
    const [only, ...others] = at.keys;
    const inner = only === undefined || others.length > 0 ? undefined : await at.descend(only, options);
    if (!inner) break;
    at = inner;
  }
  return root;
}
