import { isGzip } from "../../codec/gzip/head.js";
import { isHeader as isTar } from "../../codec/tar/header.js";
import { FormatError } from "../../errors.js";
import type { ContainerCodec } from "../container.js";

/**
 * A folder of files, or an archive of one (`.tar`, `.tar.gz`). Nothing is ever written into a folder that was opened; a new
 * one is written by its data set, which knows what its files hold. What reads and writes is loaded when that is first done.
 */
export const folder: ContainerCodec = {
  kind: "folder",
  holds: "json",
  matches: (head) => isGzip(head) || isTar(head),

  async open(source, options) {
    const { openArchive } = await import("./container.js");
    return openArchive(source, options);
  },

  async openFolder(opened, options = {}) {
    const { FolderNode } = await import("./raw.js");
    return FolderNode.open(opened, "", options);
  },

  async present(layout, container, tree, options) {
    const { presentFolder } = await import("./container.js");
    return presentFolder(layout, container, tree, options);
  },

  async writeFiles(target, writing) {
    const { writeFiles } = await import("./container.js");
    return writeFiles(target, writing);
  },

  async write(sink) {
    await sink.abort();
    throw new FormatError("unwritable", "a folder is written file by file, by the schema of its data set");
  },
};
