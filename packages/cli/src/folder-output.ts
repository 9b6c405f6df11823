import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { FolderSink, Layout } from "@somakit/core";
import { Annotated, UsageError } from "./failure.js";
import { type Written, writeFiles } from "./output.js";
import type { Unfinished } from "./verbs/verb.js";

/** Whether a path is that of a folder to be written: of a data set of folders, and without the ending of an archive. */
export function isFolderOutput({ containers }: Layout, path: string): boolean {
  const name = path.toLowerCase();
  const isFile = containers.some(({ extensions }) => extensions.some((ending) => name.endsWith(ending)));
  // A dot in the name is a slip in an ending sooner than the name of a folder.
  return !isFile && containers.some(({ codec }) => codec.kind === "folder") && !basename(name).includes(".");
}

/** Throws a `UsageError` for a folder that is there already, which nothing is ever written into, or that has no place. */
export async function verifyNewFolder(path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) refuse(path, "it is there already", "give a new folder");
  const outer = await stat(dirname(resolve(path))).catch(() => undefined);
  if (!outer?.isDirectory()) refuse(path, `there is no folder ${dirname(path)}`, "make it first");
}

function refuse(path: string, message: string, hint: string): never {
  throw new Annotated(new UsageError(message, hint), { file: path });
}

/** Writes a folder, which is complete when it appears under its name. `write` commits the sink. */
export async function writeNewFolder(
  path: string,
  write: (sink: FolderSink) => Promise<void>,
  { unfinished }: { readonly unfinished: Set<Unfinished> },
): Promise<Written> {
  const [written] = await writeFiles([{ path, writeFolder: write }], { force: false, unfinished });
  return written as Written;
}
