import { type TarSinkOptions, tarSink } from "../../codec/tar/index.js";
import { readThrough } from "../../source/read-through.js";
import type { Folder, FolderSink, Sink, WorkOptions } from "../../source/source.js";
import { type FolderEntries, joined } from "./entries.js";
import { isHidden } from "./raw.js";

export interface CopyEntriesOptions extends WorkOptions {
  /** Of an archive: zlib's level from 1 to 9, or no compression; 6 when left out. */
  readonly level?: TarSinkOptions["level"];
}

/**
 * Writes entries, and what lies beside them, into a new folder or an archive: every file byte for byte, whether the schema
 * knows it or not. Commits the target when all is written and aborts it otherwise.
 */
export async function copyEntries(
  entries: FolderEntries,
  target: Sink | FolderSink,
  { level, ...options }: CopyEntriesOptions = {},
): Promise<void> {
  const sink = "file" in target ? target : tarSink(target, { level });
  try {
    const parts = [...entries.others, ...entries.items];
    for (const [index, { folder, path, within, name, kind }] of parts.entries()) {
      const copy = kind === "folder" ? copyFolder : copyFile;
      await copy({ folder, sink, options }, path, joined(within, name));
      options.onProgress?.({ stage: "copy", done: index + 1, total: parts.length, unit: "entries" });
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

interface Copying {
  readonly folder: Folder;
  readonly sink: FolderSink;
  readonly options: WorkOptions;
}

async function copyFolder(copying: Copying, from: string, to: string): Promise<void> {
  for (const { name, kind } of await copying.folder.list(from, { signal: copying.options.signal })) {
    if (isHidden(name)) continue;
    const [source, target] = [joined(from, name), joined(to, name)];
    await (kind === "folder" ? copyFolder(copying, source, target) : copyFile(copying, source, target));
  }
}

async function copyFile({ folder, sink, options }: Copying, from: string, to: string): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const source = await folder.open(from, { signal });
  try {
    const file = await sink.file(to);
    try {
      for await (const piece of readThrough(source, 0, source.byteLength, { signal })) await file.append(piece);
      await file.commit();
    } catch (error) {
      await file.abort();
      throw error;
    }
  } finally {
    await source.close?.();
  }
}
