import type { GroupNode, Input, ListNode, OpenOptions, Value, WorkOptions } from "@somakit/core";
import { exactValue, PlacedGroup, plainScalar } from "@somakit/core/engine";
import { FormatError } from "@somakit/core/errors";
import { memberPath } from "@somakit/core/value";
import { loadConvention } from "../../conventions/index.lazy.gen.js";
import type { Interval, Mode } from "../model.js";
import { type Skeleton, skeletonOfFile } from "../skeleton.js";
import * as trackshots from "../trackshots.gen.js";
import * as unseg from "../unseg.gen.js";

/** What readers of skeletons have in common. */
export interface SkeletonInfo {
  readonly mode: Mode;
  /** Columns of every pose, as the file states them; see the skeleton for those that are keypoints. */
  readonly limbs: number;
  readonly skeleton: Skeleton;
  /** Frames of the video as counted when the file was made, where it says so. */
  readonly numFrames: number | undefined;
  /** Column of each keypoint by its name, and by former names, in the skeleton's convention. */
  readonly columns: ReadonlyMap<string, number>;
}

/** An open file of skeletons, its root checked. */
export interface SkeletonTimeline extends SkeletonInfo {
  /** The file as its schema has it: attributes, checks, everything as stored. */
  readonly file: trackshots.SkelShopShotsFile | unseg.SkelShopFramesFile;
  readonly timeline: PlacedGroup;
}

/**
 * Opens a file of skeletons and looks at what its root states. Throws `FormatError`: `mismatch` for a file of another kind or of
 * values that have no meaning, `missing` for what every such file has, and what opening HDF5 throws.
 */
export async function openTimeline(
  kind: "trackshots" | "unseg",
  input: Input,
  options: OpenOptions = {},
): Promise<SkeletonTimeline> {
  const file = await (kind === "trackshots" ? trackshots : unseg).open(input, options);
  try {
    return await timelineOf(kind, file, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function timelineOf(
  kind: "trackshots" | "unseg",
  file: SkeletonTimeline["file"],
  options: WorkOptions,
): Promise<SkeletonTimeline> {
  const stated = await file.fmt_type(options);
  if (stated !== kind)
    throw new FormatError("mismatch", `the file is ${JSON.stringify(stated)}, not ${JSON.stringify(kind)}`, {
      path: "@fmt_type",
    });
  const version = await file.fmt_ver(options);
  if (version !== 1)
    throw new FormatError("unsupported", `version ${version} of the format is not known, 1 is`, { path: "@fmt_ver" });
  const [mode, limbs] = [await file.mode(options), await file.limbs(options)];
  const skeleton = skeletonOf(mode, limbs);
  const convention = await loadConvention(skeleton.convention);
  const columns = new Map<string, number>();
  for (const [column, { name, aliases = [] }] of (convention?.keypoints ?? []).entries())
    for (const known of [name, ...aliases]) columns.set(known, column);
  const timeline = await file.timeline.node();
  if (!timeline) throw new FormatError("missing", "there is no timeline", { path: "timeline" });
  if (!(timeline instanceof PlacedGroup)) throw new FormatError("mismatch", "it is no group", { path: "timeline" });
  const numFrames = await file.num_frames(options);
  return { file, timeline, mode: skeleton.mode, limbs, skeleton, numFrames, columns };
}

/** Throws `FormatError` `mismatch` for a mode that there is not, or a number of columns that it does not have. */
function skeletonOf(mode: string, limbs: number): Skeleton {
  const found = skeletonOfFile(mode, limbs);
  if (found) return found;
  // Any mode that there is has a skeleton of one of these sizes.
  const sizes = [25, 65, 67, 70, 95, 96, 135, 137, 138].filter((size) => skeletonOfFile(mode, size));
  if (sizes.length === 0) throw new FormatError("mismatch", `${JSON.stringify(mode)} is no mode`, { path: "@mode" });
  throw new FormatError("mismatch", `${mode} has ${sizes.join(" or ")} columns, not ${limbs}`, { path: "@limbs" });
}

/** A list of children by number. Throws `FormatError` `corrupt` when there is anything else beside them. */
export async function numberedMembers(group: GroupNode, key: string, options: WorkOptions): Promise<ListNode> {
  const allowed = ["index", "id", "start_frame", "end_frame", key];
  const odd = group.keys.find((name) => !allowed.includes(name));
  if (odd !== undefined)
    throw new FormatError("corrupt", `it is none of the ${key} that are in ${group.path}`, {
      path: memberPath(group.path, odd),
    });
  const list = await group.child(key, options);
  if (list?.kind === "list") return list;
  throw new FormatError("missing", `there are no ${key}`, { path: group.path });
}

/** The frames that a group states. Throws `FormatError` for numbers that are missing, or none. */
export async function intervalOf(group: GroupNode, options: WorkOptions): Promise<Interval> {
  const startFrame = await frameAt(group, "start_frame", options);
  return { startFrame, endFrame: await frameAt(group, "end_frame", options) };
}

async function frameAt(group: GroupNode, key: string, options: WorkOptions): Promise<number> {
  const path = `${group.path}@${key}`;
  const frame = await integerAt(group, key, options);
  if (frame === undefined) throw new FormatError("missing", "the attribute is missing", { path });
  if (frame < 0) throw new FormatError("corrupt", `${frame} is no number of a frame`, { path });
  return frame;
}

/** Undefined when there is no such member; throws `FormatError` `mismatch` when it is no whole number. */
export async function integerAt(group: GroupNode, key: string, options: WorkOptions): Promise<number | undefined> {
  const node = await group.child(key, options);
  if (!node) return undefined;
  const value = plainScalar((await exactValue(node, options)) as Value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new FormatError("mismatch", `${String(value)} is no whole number`, { path: node.path });
}
