import type { Folder, ReadOptions, Source } from "@somakit/core";
import { readTar } from "@somakit/core/codec/tar";
import { openZip } from "@somakit/core/codec/zip";
import { FormatError } from "@somakit/core/errors";
import { FrameNames, missingFrame } from "./names.js";

/** A file of one frame. */
export interface FrameFile {
  readonly frame: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files of all frames of a video, in the order in which they are stored, or sorted where that costs nothing. */
export interface FrameFiles {
  readonly names: FrameNames;
  /** How many there are, where that is known beforehand. */
  readonly count?: number;
  readonly files: AsyncIterable<FrameFile>;
}

export interface FrameFilesOptions extends ReadOptions {
  /** The video whose frames are meant, with its folders. Needed where there are several. */
  readonly base?: string | undefined;
}

/** Folders in folders, at most. */
const DEEPEST = 32;

/** The frames in a folder and in folders below it. Throws `FormatError` `corrupt` for holes. */
export async function folderFrames(folder: Folder, options: FrameFilesOptions = {}): Promise<FrameFiles> {
  const paths: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    if (depth > DEEPEST) throw new FormatError("limit", "folders are nested too deeply", { path });
    for (const { name, kind } of await folder.list(path, options)) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (kind === "folder") await walk(inner, depth + 1);
      else paths.push(inner);
    }
  };
  await walk("", 0);
  return listed(paths, options, async (path) => {
    const source = await folder.open(path, options);
    try {
      return await source.read(0, source.byteLength, options);
    } finally {
      await source.close?.();
    }
  });
}

/** The frames in a zip archive, in any order. Throws `FormatError` `corrupt` for holes, and what reading archives throws. */
export async function zipFrames(source: Source, options: FrameFilesOptions = {}): Promise<FrameFiles> {
  const archive = await openZip(source, options);
  const paths = [...archive.entries.keys()].filter((path) => !path.endsWith("/"));
  return listed(paths, options, (path) => {
    const entry = archive.entries.get(path);
    if (!entry) throw new FormatError("missing", "no such entry", { path });
    return archive.read(entry, options);
  });
}

/** The frames in a tar archive (`.tar`, `.tar.gz`, `.tar.bz2`), which is read once, from front to back. */
export function tarFrames(source: Source, options: FrameFilesOptions = {}): FrameFiles {
  const names = new FrameNames(options.base);
  const files = async function* (): AsyncGenerator<FrameFile, void, void> {
    for await (const entry of readTar(source, options)) {
      const frame = entry.kind === "file" ? names.frameOf(entry.name) : undefined;
      if (frame !== undefined) yield { frame, name: entry.name, bytes: await entry.bytes() };
    }
  };
  return { names, files: files() };
}

function listed(
  paths: readonly string[],
  options: FrameFilesOptions,
  read: (path: string) => Promise<Uint8Array>,
): FrameFiles {
  const names = new FrameNames(options.base);
  const byFrame = new Map<number, string>();
  for (const path of paths) {
    const frame = names.frameOf(path);
    if (frame !== undefined) byFrame.set(frame, path);
  }
  for (let frame = 0; frame < byFrame.size; frame++) if (!byFrame.has(frame)) throw missingFrame(frame);
  const files = async function* (): AsyncGenerator<FrameFile, void, void> {
    for (let frame = 0; frame < byFrame.size; frame++) {
      const name = byFrame.get(frame) as string;
      yield { frame, name, bytes: await read(name) };
    }
  };
  return { names, count: byFrame.size, files: files() };
}
