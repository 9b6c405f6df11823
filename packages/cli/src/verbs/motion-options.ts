import type { Folder, Layout, MotionQuestion, MotionSource, OpenMotionOptions, RegistryEntry } from "@somakit/core";
import { MotionError, motionPlan, openMotion, takesMotion } from "@somakit/core/motion";
import { fileFolder } from "@somakit/core/node";
import type { Dataset } from "../dataset.js";
import { about, OptionError, UsageError } from "../failure.js";
import { type Context, textOption, type VerbInput, type VerbOption } from "./verb.js";

export const ROOT: VerbOption = {
  flags: "--root <folder>",
  description: "folder from which paths of other files start, where the file leaves its keypoints in them",
};

/** The folder that `--root` names. */
export async function rootOption(input: VerbInput): Promise<Folder | undefined> {
  const path = textOption(input, "root");
  return path === undefined ? undefined : about(path, () => fileFolder(path));
}

/** The people of a file. Throws `UsageError` for a data set without any, with those that have some. */
export async function motionOf({ open }: Dataset, context: Context, options: OpenMotionOptions): Promise<MotionSource> {
  if (motionPlan(open.layout)) return openMotion(open, options);
  const those = await idsOf(context, (layout) => motionPlan(layout) !== undefined);
  throw new UsageError(
    `${open.layout.title} says of nothing that it is people who move`,
    `those of ${those} can be converted`,
  );
}

/** Throws `OptionError` for a data set that people cannot be written as, with those that they can. */
export async function verifyTarget({ id }: RegistryEntry, layout: Layout, context: Context): Promise<void> {
  if (!takesMotion(layout))
    throw new OptionError(
      `--to ${id}: ${layout.title} has no place for people who move`,
      `--to takes ${await idsOf(context, takesMotion)}`,
    );
}

async function idsOf({ registry }: Context, fits: (layout: Layout) => boolean): Promise<string> {
  const ids: string[] = [];
  for (const { id, load } of await registry()) if (fits(await load())) ids.push(id);
  return ids.join(", ");
}

const HINTS: Readonly<Record<MotionQuestion, string>> = {
  sourceConvention: "--source-convention NAME says which convention the keypoints have; somakit conventions lists them",
  convention: "--convention NAME takes another; somakit conventions lists them",
  confidence: "--confidence 1 gives all keypoints that one",
  unit: "--unit m or --unit mm says which unit it is",
  sequence: "--sequence NAME takes one of them",
  imageSize: "--image-size 1920x1080 says how large they are (width, height)",
  layers: "--layers NAMES takes some of them",
  project: "--project makes places in the image of them, by the cameras",
  root: "--root FOLDER says from which folder their paths start",
  form: "--to ndjson and --to npz have boxes and parameters of body models as well",
};

/** An error of a conversion with the option that would settle it; any other as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof MotionError)) return error;
  return new UsageError(error.message, error.settledBy && HINTS[error.settledBy]);
}
