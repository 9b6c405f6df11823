import { FormatError } from "../errors.js";
import type { ContainerLayout, Layout } from "../layout/layout.js";
import type { Sink } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { nodeOfValue } from "../tree/value-node.js";
import type { WriteTree } from "../tree/write.js";
import { GroupAccessor } from "./accessor.js";
import { type CheckOptions, checkTree } from "./check/check.js";
import type { WriteContainerOptions } from "./container.js";
import { asGroup } from "./decode.js";
import { type Encoder, encode, encodeMembers } from "./encode.js";
import { ListFileAccessor } from "./list-file.js";
import { dereference } from "./resolve.js";

export interface WriteOptions extends WriteContainerOptions {
  /** Kind of container to write; the first one of the schema when left out. */
  readonly container?: string | undefined;
  /** `refuse` (the default) does not write a value that has issues of severity error; `skip` does not look. */
  readonly check?: "refuse" | "skip" | undefined;
  readonly profile?: CheckOptions["profile"];
  /** What a value in memory holds: `logical` (the default), or `stored`, which is written without applying encodings. */
  readonly form?: "logical" | "stored" | undefined;
}

/**
 * Writes a value, or an open file of the same data set, whose arrays are then copied without holding them in memory.
 * Commits the sink when all is written and aborts it otherwise. Throws `FormatError` `unwritable` with the issues of a
 * value that breaks the schema.
 */
export async function writeWith<T>(
  layout: Layout,
  sink: Sink,
  value: T | GroupAccessor<T> | ListFileAccessor<T, unknown>,
  options: WriteOptions = {},
): Promise<void> {
  try {
    const container = chooseContainer(layout, options.container);
    const open = value instanceof GroupAccessor || value instanceof ListFileAccessor;
    const node = open ? await value.node() : nodeOfValue(value);
    if (!node) throw new FormatError("missing", "there is nothing to write");
    const form = open ? "stored" : (options.form ?? "logical");
    if (options.check !== "skip") await refuseIssues(layout, node, { ...options, form, nulls: container.nulls });
    const encoder: Encoder = { layout, target: container.codec.holds, form, options };
    const { protocol } = container;
    await container.codec.write(
      sink,
      await encodeRoot(encoder, node),
      protocol === undefined ? options : { protocol, ...options },
    );
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function chooseContainer(layout: Layout, kind: string | undefined): ContainerLayout {
  const container = layout.containers.find(({ codec }) => kind === undefined || codec.kind === kind);
  if (container) return container;
  const kinds = layout.containers.map(({ codec }) => codec.kind).join(", ");
  throw new FormatError(
    "unwritable",
    `${layout.title} is stored as ${kinds || "nothing that can be written"}, not as ${kind}`,
  );
}

async function refuseIssues(layout: Layout, node: Node, options: Parameters<typeof checkTree>[2]): Promise<void> {
  const issues = (await checkTree(layout, node, { ...options, depth: "headers" })).filter(
    ({ severity }) => severity === "error",
  );
  const [first] = issues;
  if (!first) return;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new FormatError("unwritable", `${first.message}${more}`, { path: first.path, issues });
}

/** The root of an archive is a map of its entries, not one boxed value. */
async function encodeRoot(encoder: Encoder, node: Node): Promise<WriteTree> {
  const root = dereference(encoder.layout, encoder.layout.root);
  if (root.kind === "object") return encodeMembers(encoder, root, await asGroup(encoder, node));
  return encode(encoder, root, node, { key: "", group: undefined });
}
