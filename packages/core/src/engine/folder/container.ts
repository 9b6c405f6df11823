import { openTar, tarSink } from "../../codec/tar/index.js";
import type { ContainerLayout, Layout } from "../../layout/layout.js";
import type { FolderSink, Sink, Source, WorkOptions } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import type { FilesToWrite, OpenContainerOptions } from "../container.js";
import { datasetFolder } from "./dataset.js";
import { FolderNode } from "./raw.js";
import { folderTree } from "./tree.js";
import { writeFolder } from "./write.js";

/** zlib's level for archives. */
const LEVELS = { none: "none", fast: 1, small: 6 } as const;

/** Opens an archive of a folder: reads where its files are. Throws `FormatError`. */
export async function openArchive(source: Source, options: OpenContainerOptions = {}): Promise<Node> {
  const { signal, maxLoadBytes, onProgress } = options;
  const archive = await openTar(source, { signal, maxLoadBytes, onProgress });
  return FolderNode.open(archive, "", { signal });
}

/** The files of a folder as the schema has them. */
export async function presentFolder(
  layout: Layout,
  container: ContainerLayout,
  tree: Node,
  options?: WorkOptions,
): Promise<Node> {
  if (!(tree instanceof FolderNode)) return tree;
  return folderTree(layout, container, await datasetFolder(layout, tree, options), options);
}

/** Writes a data set file by file and commits the target, which the caller aborts when that fails. */
export async function writeFiles(
  target: Sink | FolderSink,
  { container, encoder, node, options }: FilesToWrite,
): Promise<void> {
  // Where files go one behind the other, they go into an archive.
  const level = LEVELS[options.compression ?? "small"];
  const sink = "file" in target ? target : tarSink(target, { level });
  try {
    await writeFolder({ encoder, media: container.media ?? {}, sink, options }, node);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await sink.commit();
}
