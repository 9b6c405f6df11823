import type { Layout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { ContainerCodec } from "../container.js";
import type { Scope } from "./dims.js";
import type { Report } from "./report.js";

/** What a check carries through the tree. */
export interface Walk {
  readonly layout: Layout;
  readonly holds: ContainerCodec["holds"];
  readonly nulls: "keep" | "absent";
  /** Whether values are as stored, or as users hold them (nothing packed). */
  readonly form: "logical" | "stored";
  readonly report: Report;
  readonly scope: Scope | undefined;
  /** Keys that a profile requires beyond the schema, by rule pointer. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly options: WorkOptions & { readonly depth?: "headers" | "values" | undefined };
}
