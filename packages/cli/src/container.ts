import type { ContainerCodec, Folder, Node, Source, WorkOptions } from "@somakit/core";
import { hdf5 } from "@somakit/core/codec/hdf5";
import { json } from "@somakit/core/codec/json";
import { msgpackStream } from "@somakit/core/codec/msgpack";
import { npyContainer } from "@somakit/core/codec/npy";
import { npz } from "@somakit/core/codec/npz";
import { pickle } from "@somakit/core/codec/pickle";
import { inGzip, inXz } from "@somakit/core/codec/wrap";
import { FolderNode, folder } from "@somakit/core/engine/folder";
import { firstRecord } from "@somakit/core/engine/records";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { isFolder } from "@somakit/core/source";

export type WrapName = "gzip" | "xz";

/** A file as its container has it. */
export interface Opened {
  readonly kind: string;
  /** How the file is compressed as a whole, where it is. */
  readonly wrap: WrapName | undefined;
  readonly root: Node;
}

/** What can be shown without any schema. */
export const CONTAINERS: readonly ContainerCodec[] = [npz, npyContainer, pickle, hdf5, folder, json];

/** What a stream is taken for as long as no schema says what its records are. */
const RECORDS = [{ name: "records", ownStream: false, repeat: true }];

/** What may be compressed as a whole. */
const WRAPPED: readonly ContainerCodec[] = [npz, npyContainer, pickle, json, msgpackStream];
const WRAPS: readonly (readonly [WrapName, (codec: ContainerCodec) => ContainerCodec])[] = [
  ["gzip", inGzip],
  ["xz", inXz],
];
const HEAD_BYTES = 512;

/**
 * Opens a file by its content, or a folder, without any schema. Reads headers only; of a stream of records, which begins like much
 * else, the first record. Throws the `FormatError` of what it claims to be.
 */
export async function openContainer(source: Source | Folder, options: WorkOptions): Promise<Opened> {
  if (isFolder(source)) return { kind: "folder", wrap: undefined, root: await FolderNode.open(source, "", options) };
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await headOf(source, options);
  for (const [wrap, wrapped] of WRAPS) {
    const codec = wrapped(msgpackStream);
    if (codec.matches(head))
      return openWrapped(source, { wrap, wrapped, head: await innerHead(source, codec, options) }, options);
  }
  const codec = CONTAINERS.find((candidate) => candidate.matches(head));
  if (codec) return { kind: codec.kind, wrap: undefined, root: await codec.open(source, options) };
  const root = msgpackStream.matches(head) ? await openStream(source, msgpackStream, options) : undefined;
  if (root) return { kind: msgpackStream.kind, wrap: undefined, root };
  const kinds = [...CONTAINERS, msgpackStream].map(({ kind }) => (kind === folder.kind ? "tar" : kind)).join(", ");
  throw new FormatError("not-this-format", `the content is none of ${kinds}`, { offset: 0 });
}

/** The first bytes, by which a container is told. */
export async function headOf(source: Source, options: WorkOptions): Promise<Uint8Array> {
  return source.read(0, Math.min(HEAD_BYTES, source.byteLength), options);
}

/** What the first bytes of a file speak for, in the words of a person: a container, or what the file is compressed with. */
export async function containerOf(source: Source, options: WorkOptions): Promise<string | undefined> {
  const head = await headOf(source, options);
  const wrap = WRAPS.find(([, wrapped]) => wrapped(msgpackStream).matches(head))?.[0];
  return wrap ?? CONTAINERS.find((candidate) => candidate.matches(head))?.kind;
}

interface Inner {
  readonly wrap: WrapName;
  readonly wrapped: (codec: ContainerCodec) => ContainerCodec;
  readonly head: Uint8Array;
}

async function openWrapped(source: Source, { wrap, wrapped, head }: Inner, options: WorkOptions): Promise<Opened> {
  if (wrap === "gzip" && !isGzip(head) && folder.matches(head))
    return { kind: "folder", wrap: undefined, root: await folder.open(source, options) };
  const codec = WRAPPED.find((candidate) => candidate.matches(head));
  const open = codec?.isStream ? openStream : codec && ((file: Source) => wrapped(codec).open(file, options));
  const root = codec && (await open?.(source, wrapped(codec), options));
  if (!root) throw new FormatError("not-this-format", "what is compressed in it is of no known kind", { offset: 0 });
  return { kind: codec.kind, wrap, root };
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function innerHead(source: Source, { wrap }: ContainerCodec, options: WorkOptions): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  for await (const piece of wrap?.pieces(source, 0, { signal: options.signal, firstBytes: 1 << 16 }) ?? []) {
    const part = piece.subarray(0, head.length - length);
    head.set(part, length);
    length += part.length;
    if (length === head.length) break;
  }
  return head.subarray(0, length);
}

/** Undefined where the first record is none: any byte may look like the begin of one. */
async function openStream(source: Source, codec: ContainerCodec, options: WorkOptions): Promise<Node | undefined> {
  const root = await codec.open(source, { ...options, records: RECORDS });
  try {
    return (await firstRecord(root, options)) && root;
  } catch (error) {
    if (isFormatError(error)) return undefined;
    throw error;
  }
}
