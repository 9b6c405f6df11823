import { FormatError } from "../errors.js";
import type { ContainerLayout, Layout } from "../layout/layout.js";
import type { FolderSink, Sink } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { nodeOfValue } from "../tree/value-node.js";
import type { WriteTree } from "../tree/write.js";
import { fileOfAccessor, GroupAccessor } from "./accessor.js";
import { type CheckOptions, checkTree } from "./check/check.js";
import type { ContainerCodec, WriteContainerOptions } from "./container.js";
import { asGroup } from "./decode.js";
import { type Encoder, encode, encodeObject } from "./encode.js";
import { ListFileAccessor } from "./list-file.js";
import type { RecordWriterOptions } from "./records/types.js";
import { writeRecords } from "./records/write.js";
import { dereference } from "./resolve.js";

export interface WriteOptions
  extends WriteContainerOptions,
    Pick<RecordWriterOptions, "steps" | "perBlock" | "preset" | "tuning" | "threads"> {
  /** Kind of container to write; the first one of the schema when left out. */
  readonly container?: string | undefined;
  /**
   * `refuse` (the default) does not write a value that has issues of severity error; `loose` nevertheless writes records
   * without the keys that new ones should have; `skip` does not look.
   */
  readonly check?: "refuse" | "loose" | "skip" | undefined;
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
  target: Sink | FolderSink,
  value: T | GroupAccessor<T> | ListFileAccessor<T, unknown>,
  options: WriteOptions = {},
): Promise<void> {
  try {
    const open = value instanceof GroupAccessor || value instanceof ListFileAccessor;
    const node = open ? await value.node() : nodeOfValue(value);
    if (!node) throw new FormatError("missing", "there is nothing to write");
    const holds = fileOfAccessor(value as object)?.container.codec.holds;
    await writeTo(layout, target, node, { ...options, form: open ? "stored" : (options.form ?? "logical") }, holds);
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/** {@link writeWith} for a tree of what the schema describes, whose arrays may be read, or made, when they are written. */
export async function writeNode(
  layout: Layout,
  target: Sink | FolderSink,
  node: Node,
  options: WriteOptions = {},
): Promise<void> {
  try {
    await writeTo(layout, target, node, { ...options, form: options.form ?? "logical" }, undefined);
  } catch (error) {
    await target.abort();
    throw error;
  }
}

async function writeTo(
  layout: Layout,
  target: Sink | FolderSink,
  node: Node,
  options: WriteOptions & { readonly form: "logical" | "stored" },
  holds: ContainerCodec["holds"] | undefined,
): Promise<void> {
  const container = chooseContainer(layout, target, options.container);
  const sink = target as Sink;
  const { form, steps } = options;
  if (container.codec.isStream) {
    const preset = options.preset ?? PRESETS[options.compression ?? "small"];
    await writeRecords(layout, container, sink, await asGroup({ options }, node), { ...options, form, preset });
    return;
  }
  if (options.check !== "skip")
    await refuseIssues(layout, node, { ...options, form, nulls: container.nulls, ...(holds && { holds }) });
  const sparse = { left: GATHERED };
  const encoder: Encoder = { layout, target: container.codec.holds, source: holds, form, steps, options, sparse };
  if (container.codec.writeFiles) {
    await container.codec.writeFiles(target, { container, encoder, node, options });
    return;
  }
  const { protocol } = container;
  await container.codec.write(
    sink,
    await encodeRoot(encoder, node),
    protocol === undefined ? options : { protocol, ...options },
  );
}

function isFolderSink(sink: Sink | FolderSink): sink is FolderSink {
  return "file" in sink;
}

/** What streams are compressed with. */
/** Bytes of sparse matrices that are gathered before they are written. */
const GATHERED = 1 << 26;

const PRESETS = { none: "store", fast: 1, small: 5 } as const;

function chooseContainer(layout: Layout, target: Sink | FolderSink, kind: string | undefined): ContainerLayout {
  const fitting = layout.containers.filter(({ codec }) => kind === undefined || codec.kind === kind);
  const container = isFolderSink(target) ? fitting.find(({ codec }) => codec.writeFiles) : fitting[0];
  if (container) return container;
  if (isFolderSink(target) && fitting.length > 0)
    throw new FormatError("unwritable", `${layout.title} is one file, no folder`);
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
  if (root.kind === "object") return encodeObject(encoder, root, await asGroup(encoder, node));
  return encode(encoder, root, node, { key: "", group: undefined });
}
