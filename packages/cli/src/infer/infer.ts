import type { Node, WorkOptions } from "@somakit/core";
import { FolderNode } from "@somakit/core/engine/folder";
import { FormatError } from "@somakit/core/errors";
import { openContainer } from "../container.js";
import { about, UsageError } from "../failure.js";
import type { Context } from "../verbs/verb.js";
import { mergeAll } from "./merge.js";
import { observe } from "./observe.js";
import { contentFolder, observeFolder } from "./observe-folder.js";
import { requiredKeys } from "./recognition.js";
import { schemaOf, streamSchemaOf } from "./schema.js";
import type { Seen } from "./seen.js";

/**
 * A schema that all of the files are valid under; of folders too. Throws what reading does, and `UsageError` for files of
 * several containers.
 */
export async function inferSchema(context: Context, files: readonly string[], name: string): Promise<object> {
  const found: Inferred[] = [];
  for (const file of files) found.push(await about(file, () => inferFile(context, file)));
  const [first] = found as [Inferred, ...Inferred[]];
  const other = found.findIndex(({ container }) => JSON.stringify(container) !== JSON.stringify(first.container));
  if (other > 0) throw new UsageError(`${files[0]} and ${files[other]} are files of different containers`);
  const seen = mergeAll(found.flatMap((one) => one.seen ?? []));
  const { entries } = await context.conventions();
  const options = { name, container: first.container, conventions: entries };
  if (first.kind !== "msgpack-stream") return schemaOf(seen ?? { kind: "anything" }, options);
  const count = Math.max(...found.map(({ lead }) => lead.length));
  if (found.some(({ lead }) => lead.length < count))
    throw new UsageError("the files do not begin with as many records of their own");
  const lead = Array.from(
    { length: count },
    (_, index) => mergeAll(found.map((one) => one.lead[index] as Seen)) as Seen,
  );
  return streamSchemaOf({ lead, records: seen }, options);
}

interface Inferred {
  /** As a schema names it. */
  readonly container: string | { readonly kind: string; readonly wrap: string };
  readonly kind: string;
  readonly seen: Seen | undefined;
  /** Of a stream its first records, where they are of other kinds than those that repeat. */
  readonly lead: readonly Seen[];
}

async function inferFile(context: Context, file: string): Promise<Inferred> {
  const { signal } = context;
  const source = await context.openAny(file);
  try {
    const { kind, wrap, root } = await openContainer(source, { signal });
    const container = wrap === undefined ? kind : { kind, wrap };
    if (kind === "msgpack-stream") return { container, kind, ...(await observeRecords(root, { signal })) };
    if (root instanceof FolderNode) {
      const seen = await observeFolder(await contentFolder(root, { signal }), { signal });
      return { container, kind, seen, lead: [] };
    }
    return { container, kind, seen: await observe(root, { container: kind, signal }), lead: [] };
  } finally {
    await source.close?.();
  }
}

async function observeRecords(root: Node, options: WorkOptions): Promise<Pick<Inferred, "seen" | "lead">> {
  const list = root.kind === "group" ? await root.child("records", options) : undefined;
  if (list?.kind !== "list" || !list.items) throw new FormatError("not-this-format", "it is no stream of records");
  const counter = { count: 0 };
  const found: Seen[] = [];
  for await (const record of list.items(options))
    found.push(await observe(record, { ...options, container: "msgpack-stream", counter }));
  for (let count = 1; count <= MOST_LEAD && count < found.length; count++) {
    const [lead, rest] = [found.slice(0, count), mergeAll(found.slice(count)) as Seen];
    if (lead.every((record) => isOther(record, rest))) return { lead, seen: rest };
  }
  return { lead: [], seen: mergeAll(found) };
}

/** So many records may stand before those that repeat. */
const MOST_LEAD = 3;

/** Whether a record is of another kind than those that repeat: it has no key that they have. */
function isOther(record: Seen, others: Seen): boolean {
  if (record.kind !== "object" || others.kind !== "object") return record.kind !== others.kind;
  const isUnknown = [...record.members.keys()].every((key) => !others.members.has(key));
  return isUnknown && requiredKeys(others).length > 0;
}
