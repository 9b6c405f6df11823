import type { GroupNode, Input, OpenOptions, Value } from "@somakit/core";
import { hdf5 } from "@somakit/core/codec/hdf5";
import { plainScalar } from "@somakit/core/engine";
import { FormatError } from "@somakit/core/errors";
import { toSource } from "@somakit/core/source";
import type { Kind } from "../model.js";
import { FaceReader, SparseFaceReader } from "./faces.js";
import { ImageReader, PreEmbedReader, ReferenceReader } from "./others.js";
import { ShotSegmentedReader, type ShotSegmentedReaderOptions } from "./shot-segmented.js";
import { UnsegmentedReader, type UnsegmentedReaderOptions } from "./unsegmented.js";

/** A reader of any file of SkelShop; `kind` says which. */
export type SkelShopReader =
  | ShotSegmentedReader
  | UnsegmentedReader
  | FaceReader
  | SparseFaceReader
  | ImageReader
  | ReferenceReader
  | PreEmbedReader;

/** What the readers of all kinds of files take. */
export type SkelShopReaderOptions = ShotSegmentedReaderOptions & UnsegmentedReaderOptions & OpenOptions;

const READERS: Readonly<Record<Kind, (input: Input, options: SkelShopReaderOptions) => Promise<SkelShopReader>>> = {
  trackshots: (input, options) => ShotSegmentedReader.open(input, options),
  unseg: (input, options) => UnsegmentedReader.open(input, options),
  "faces-dense": (input, options) => FaceReader.open(input, options),
  "faces-sparse": (input, options) => SparseFaceReader.open(input, options),
  images_multipose: (input, options) => ImageReader.open(input, options),
  reference_embeddings: (input, options) => ReferenceReader.open(input, options),
  "pre-embed": (input, options) => PreEmbedReader.open(input, options),
};

/**
 * Opens any HDF5 file of SkelShop with the reader that belongs to it. Reads headers only. Throws `FormatError`: `mismatch` for a
 * file that is something else, `unsupported` for the layout of its first days, `not-this-format`, `truncated` and others for
 * what is no readable HDF5 file, and whatever the reader throws.
 */
export async function open(input: Input, options: SkelShopReaderOptions = {}): Promise<SkelShopReader> {
  const source = await toSource(input, options);
  const root = await hdf5.open(source, options);
  if (root.kind !== "group") throw new FormatError("mismatch", "its root is no group");
  return READERS[await kindOf(root, options)](source, options);
}

/** What a file is, by its root. */
async function kindOf(root: GroupNode, options: OpenOptions): Promise<Kind> {
  const path = "@fmt_type";
  const attributes = await root.attributes?.(options);
  const node = attributes?.keys.includes("fmt_type") ? await attributes.child("fmt_type", options) : undefined;
  if (node) {
    const stated = node.kind === "scalar" ? plainScalar(node.value as Value) : undefined;
    if (typeof stated === "string" && isStatedKind(stated)) return stated;
    throw new FormatError("mismatch", `${JSON.stringify(stated) ?? "an array"} is no kind of file that is known`, {
      path,
    });
  }
  const kind = await kindOfContent(root, options);
  if (kind) return kind;
  if (await isFirstLayout(root, options))
    throw new FormatError("unsupported", "it is missing: the file has the layout of SkelShop's first days", { path });
  throw new FormatError("missing", "nothing says what the file is", { path });
}

function isStatedKind(text: string): text is Kind {
  return Object.hasOwn(READERS, text) && !/^(faces-|pre-embed)/.test(text);
}

async function kindOfContent(root: GroupNode, options: OpenOptions): Promise<Kind | undefined> {
  if (root.keys.length > 0 && root.keys.every((key) => /^[0-9]+$/.test(key))) return "pre-embed";
  const faces = root.keys.includes("faces") ? await root.child("faces", options) : undefined;
  if (faces?.kind !== "group") return undefined;
  const [dense, sparse] = [faces.keys.includes("indices"), faces.keys.includes("frame_pers")];
  if (dense !== sparse) return dense ? "faces-dense" : "faces-sparse";
  throw new FormatError(
    "corrupt",
    `${dense ? "both" : "neither"} of indices and frame_pers ${dense ? "are" : "is"} there`,
    {
      path: faces.path,
    },
  );
}

/** Groups that are called by bare numbers. */
async function isFirstLayout(root: GroupNode, options: OpenOptions): Promise<boolean> {
  const timeline = root.keys.includes("timeline") ? await root.child("timeline", options) : undefined;
  return timeline?.kind === "group" && timeline.keys.some((key) => /^[0-9]+$/.test(key));
}
