import type { FolderSink, FolderUpgrader, Layout, UpgradedFolder } from "@somakit/core";
import { tarSink } from "@somakit/core/codec/tar";
import { isFolderOutput, verifyNewFolder, writeNewFolder } from "../folder-output.js";
import { type Handling, workOptions } from "../handling.js";
import { targetOf, verifyFree, type Written, writeFiles } from "../output.js";
import type { OwnUpgrade, Upgraded } from "./upgraders.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

/** What `upgrade` does where the data set's upgrader writes a folder, or an archive of one. */
export async function upgradeFolder(
  { context, handling, input, entry, source }: OwnUpgrade,
  upgrader: FolderUpgrader,
): Promise<Upgraded> {
  const output = await outputOf(await entry.load(), handling, input);
  const upgraded = await upgrader.open(source, workOptions(context));
  const { changes } = upgraded;
  return { id: entry.id, changes, written: output && (await write(context, handling, upgraded, output)) };
}

interface Output {
  readonly path: string;
  readonly kind: "folder" | "archive";
}

/** Where the folder goes, if anywhere. */
async function outputOf(layout: Layout, { force }: Handling, input: VerbInput): Promise<Output | undefined> {
  const path = textOption(input, "output");
  if (path === undefined) return undefined;
  const kind = isFolderOutput(layout, path) ? "folder" : "archive";
  if (kind === "folder") await verifyNewFolder(path);
  else await verifyFree([targetOf(layout, path)], { force });
  return input.options["dryRun"] === true ? undefined : { path, kind };
}

async function write(
  context: Context,
  { force }: Handling,
  upgraded: UpgradedFolder,
  { path, kind }: Output,
): Promise<Written | undefined> {
  const { unfinished } = context;
  const fill = (sink: FolderSink): Promise<void> => upgraded.write(sink, workOptions(context));
  if (kind === "folder") return writeNewFolder(path, fill, { unfinished });
  const level = path.toLowerCase().endsWith(".tar") ? "none" : undefined;
  const [written] = await writeFiles([{ path, write: (sink) => fill(tarSink(sink, { level })) }], {
    force,
    unfinished,
  });
  return written;
}
