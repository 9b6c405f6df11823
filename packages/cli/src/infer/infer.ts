import { type ContainerCodec, FormatError, inGzip, inXz, isFolder, msgpackStream, type Source } from "@somakit/core";
import { about, UsageError } from "../failure.js";
import { recognise } from "../recognise.js";
import type { Context } from "../verbs/verb.js";
import { observe } from "./observe.js";
import { schemaOf, streamSchemaOf } from "./schema.js";
import { mergeAll, type Seen } from "./seen.js";

/**
 * A schema that all of the files are valid under. Throws what reading does, and `UsageError` for folders and for files of
 * several containers.
 */
export async function inferSchema(context: Context, files: readonly string[], name: string): Promise<object> {
  const found: Inferred[] = [];
  for (const file of files) found.push(await about(file, () => inferFile(context, file)));
  const [first] = found as [Inferred, ...Inferred[]];
  const other = found.findIndex(({ container }) => JSON.stringify(container) !== JSON.stringify(first.container));
  if (other > 0) throw new UsageError(`${files[0]} and ${files[other]} are files of different containers`);
  const seen = mergeAll(found.flatMap((one) => one.seen ?? []));
  const options = { name, container: first.container };
  return first.isStream ? streamSchemaOf(seen, options) : schemaOf(seen ?? { kind: "anything" }, options);
}

interface Inferred {
  readonly container: unknown;
  readonly isStream: boolean;
  readonly seen: Seen | undefined;
}

async function inferFile(context: Context, file: string): Promise<Inferred> {
  const source = await context.openAny(file);
  try {
    if (isFolder(source))
      throw new UsageError(
        "no schema can be made of a folder",
        "make those of its files, and say in a schema where they are",
      );
    return (await inferStream(source, context.signal)) ?? (await inferTree(source, context.signal));
  } finally {
    await source.close?.();
  }
}

async function inferTree(source: Source, signal: AbortSignal): Promise<Inferred> {
  // Without data sets, files are what their containers are.
  const { container, root } = await recognise([], source, { signal });
  return { container, isStream: false, seen: await observe(root, { container, signal }) };
}

const STREAMS: readonly (readonly [container: unknown, codec: ContainerCodec])[] = [
  [{ kind: "msgpack-stream", wrap: "xz" }, inXz(msgpackStream)],
  [{ kind: "msgpack-stream", wrap: "gzip" }, inGzip(msgpackStream)],
];
const RECORDS = [{ name: "records", ownStream: false, repeat: true }];

/** Compressed streams of records are told by their compression; others by nothing, and are no first choice. */
async function inferStream(source: Source, signal: AbortSignal): Promise<Inferred | undefined> {
  const head = await source.read(0, Math.min(512, source.byteLength), { signal });
  for (const [container, codec] of STREAMS) {
    if (!codec.matches(head)) continue;
    const root = await codec.open(source, { signal, records: RECORDS });
    const seen = await observe(root, { container: "msgpack-stream", signal });
    const records = seen.kind === "object" ? seen.members.get("records")?.seen : undefined;
    if (records?.kind !== "list") throw new FormatError("not-this-format", "it is no stream of records");
    return { container, isStream: true, seen: records.items };
  }
  return undefined;
}
