import type { ContainerCodec, Folder, Node, Source, WorkOptions } from "@somakit/core";
import { json } from "@somakit/core/codec/json";
import { msgpackStream } from "@somakit/core/codec/msgpack";
import { npyContainer } from "@somakit/core/codec/npy";
import { npz } from "@somakit/core/codec/npz";
import { pickle } from "@somakit/core/codec/pickle";
import { inGzip, inXz } from "@somakit/core/codec/wrap";
import { FolderNode } from "@somakit/core/engine/folder";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { folder } from "@somakit/core/gen/v1";
import { isFolder } from "@somakit/core/source";
import { recognise } from "../recognise.js";

/** A file as its container has it. */
export interface Opened {
  /** As a schema names it. */
  readonly container: string | { readonly kind: string; readonly wrap: string };
  readonly kind: string;
  readonly root: Node;
}

/** What a stream is taken for until its records were looked at. */
const RECORDS = [{ name: "records", ownStream: false, repeat: true }];

/** What may be compressed as a whole. */
const WRAPPED: readonly ContainerCodec[] = [npz, npyContainer, pickle, json, msgpackStream];
const WRAPS = [
  ["gzip", inGzip],
  ["xz", inXz],
] as const;

/** Opens a file by its content, or a folder. Throws the `FormatError` of what it claims to be. */
export async function openForSchema(source: Source | Folder, options: WorkOptions): Promise<Opened> {
  if (isFolder(source))
    return { container: "folder", kind: "folder", root: await FolderNode.open(source, "", options) };
  const head = await source.read(0, Math.min(512, source.byteLength), options);
  for (const [wrap, wrapped] of WRAPS) {
    const codec = wrapped(msgpackStream);
    if (codec.matches(head))
      return openWrapped(source, { wrap, wrapped, head: await innerHead(source, codec, options) }, options);
  }
  try {
    const { container, root } = await recognise([], source, options);
    return { container, kind: container, root };
  } catch (error) {
    // Streams of records have no signature: a map is all that can be seen.
    if (!isFormatError(error, "not-this-format") || !msgpackStream.matches(head)) throw error;
    return {
      container: "msgpack-stream",
      kind: "msgpack-stream",
      root: await openStream(source, msgpackStream, options),
    };
  }
}

interface Inner {
  readonly wrap: string;
  readonly wrapped: (codec: ContainerCodec) => ContainerCodec;
  readonly head: Uint8Array;
}

async function openWrapped(source: Source, { wrap, wrapped, head }: Inner, options: WorkOptions): Promise<Opened> {
  if (wrap === "gzip" && !isGzip(head) && folder.matches(head))
    return { container: "folder", kind: "folder", root: await folder.open(source, options) };
  const codec = WRAPPED.find((candidate) => candidate.matches(head));
  if (!codec) throw new FormatError("not-this-format", "what is compressed in it is of no known kind", { offset: 0 });
  const { kind } = codec;
  const container = { kind, wrap };
  if (codec.isStream) return { container, kind, root: await openStream(source, wrapped(codec), options) };
  return { container, kind, root: await wrapped(codec).open(source, options) };
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function innerHead(source: Source, { wrap }: ContainerCodec, options: WorkOptions): Promise<Uint8Array> {
  const head = new Uint8Array(512);
  let length = 0;
  for await (const piece of wrap?.pieces(source, 0, { signal: options.signal, firstBytes: 1 << 16 }) ?? []) {
    const part = piece.subarray(0, head.length - length);
    head.set(part, length);
    length += part.length;
    if (length === head.length) break;
  }
  return head.subarray(0, length);
}

async function openStream(source: Source, codec: ContainerCodec, options: WorkOptions): Promise<Node> {
  return codec.open(source, { ...options, records: RECORDS });
}
