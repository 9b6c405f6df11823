import type { Issue } from "../../issues.js";
import type { Layout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import type { ContainerCodec } from "../container.js";
import { later } from "../later.js";
import type { OpenFile } from "../open.js";
import type { LabelNames } from "./state.js";

export interface CheckOptions extends WorkOptions {
  /** A profile of the schema that decides how grave each kind of issue is. */
  readonly profile?: string | undefined;
  /**
   * `values` (the default) reads everything, so that damage is found; `headers` looks at dtypes, shapes and scalars only: of streams at
   * the first record, of lists whose items are read one by one at the first hundred items, whose references are not followed then.
   */
  readonly depth?: "headers" | "values" | undefined;
  /**
   * Lists of names that numbers are positions in, by the key under which the numbers are, wherever in the file: a number, or
   * one of a list of them, that is no position is a warning.
   */
  readonly labels?: Readonly<Record<string, LabelNames>> | undefined;
  /** How many issues are listed; 1000 when left out. */
  readonly limit?: number | undefined;
}

/** What is wrong with an open file, by its schema. Damaged values are issues; only an unreadable structure throws. */
export function checkFile(file: OpenFile, options: CheckOptions = {}): Promise<readonly Issue[]> {
  return checkTree(file.layout, file.root, {
    ...options,
    form: "stored",
    nulls: file.container.nulls,
    holds: file.container.codec.holds,
  });
}

export interface TreeCheckOptions extends CheckOptions {
  readonly form: "logical" | "stored";
  readonly nulls?: "keep" | "absent";
  /** What the container of the tree holds; `values` when left out. */
  readonly holds?: ContainerCodec["holds"];
}

const running = later(() => import("./run.js"));

/**
 * The same for any tree, such as that of a value in memory. What checks is loaded when something is checked first: most
 * programs that open files never do.
 */
export async function checkTree(layout: Layout, root: Node, options: TreeCheckOptions): Promise<readonly Issue[]> {
  const { runCheck } = await running();
  return runCheck(layout, root, options);
}
