import type { Layout, StructureValidator } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, Node } from "../../tree/node.js";
import type { ContainerCodec } from "../container.js";
import type { Alone } from "./alone.js";
import type { Scope } from "./dims.js";
import type { Naming } from "./references.js";
import type { Report } from "./report.js";
import type { Span } from "./span.js";

/** Keys that a member needs, or should have, beside it. */
export interface Need {
  readonly key: string;
  readonly keys: readonly string[];
  readonly keyword: "requires" | "recommends";
  readonly rule: string;
}

/** A list of names in brief. */
export interface LabelNames {
  readonly list: string;
  /** How many names it has. */
  readonly size: number;
}

/** What a check carries through the tree. */
export interface Walk {
  readonly layout: Layout;
  /** That of the layout, loaded. */
  readonly structure: StructureValidator | undefined;
  readonly holds: ContainerCodec["holds"];
  readonly nulls: "keep" | "absent";
  /** Whether values are as stored, or as users hold them (nothing packed). */
  readonly form: "logical" | "stored";
  readonly report: Report;
  readonly scope: Scope | undefined;
  /** Names of items of lists, by the rule that says so; looked up at the end. */
  readonly namings: Map<string, Naming>;
  /** Takes the scope of the object that is visited, where the list around it compares them. */
  readonly scopes?: ((scope: Scope) => void) | undefined;
  /** What members of the object that is visited cannot do without. */
  readonly needs?: Need[] | undefined;
  /** The root of all that is visited. */
  readonly root: Node;
  /** Where the items of the list that is visited are checked one by one. */
  readonly alone?: Alone | undefined;
  /** What is kept of lists of the root whose items were checked one by one, by their keys. */
  readonly lists: Map<string, readonly unknown[]>;
  /** The span of the nearest object around that has one. */
  readonly span?: Span | undefined;
  /** The folder in which the file lies that is visited, for containers that are folders. */
  readonly folder?: GroupNode | undefined;
  /** Keys that a profile requires beyond the schema, by rule pointer. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly options: WorkOptions & {
    readonly depth?: "headers" | "values" | undefined;
    readonly labels?: Readonly<Record<string, LabelNames>> | undefined;
  };
}
