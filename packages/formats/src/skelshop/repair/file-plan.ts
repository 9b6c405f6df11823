import type { Node, RepairOptions, Source } from "@somakit/core";
import { hdf5 } from "@somakit/core/codec/hdf5";
import { FormatError, isFormatError } from "@somakit/core/errors";
import { Changes } from "./changes.js";
import { type PosePlan, planPose } from "./pose-plan.js";
import { planRoot, type RootPlan } from "./root-plan.js";
import { numberIn, type StoredGroup, storedGroup, wholeOf } from "./stored.js";

export interface ShotPlan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly poses: readonly PosePlan[];
}

/** A skeleton file as it will be written. */
export interface FilePlan {
  readonly root: RootPlan;
  /** Members of the root beside the timeline, which are copied. */
  readonly others: readonly { readonly name: string; readonly node: Node }[];
  /** A file without shots has one, which is the timeline. */
  readonly shots: readonly ShotPlan[];
  readonly changes: Changes;
}

interface Planning {
  readonly root: RootPlan;
  readonly changes: Changes;
  readonly options: RepairOptions;
}

/** How a skeleton file can be saved. Throws `FormatError` for files of which nothing can. */
export async function planFile(source: Source, options: RepairOptions): Promise<FilePlan> {
  const root = await storedGroup(await hdf5.open(source, { signal: options.signal }), options);
  const timeline = await storedGroup(await root?.node.child("timeline", options), options);
  if (!root || !timeline) throw new FormatError("missing", "there is no timeline", { path: "timeline" });
  const changes = new Changes();
  const planned = planRoot(root, timeline, changes);
  const planning: Planning = { root: planned, changes, options };
  const shots =
    planned.type === "unseg"
      ? [await planShot("timeline", timeline, 0, planning)]
      : await planShots(timeline, planning);
  correctFrames(planning, root, shots);
  const others: { readonly name: string; readonly node: Node }[] = [];
  for (const name of root.node.keys) {
    const node = name === "timeline" ? undefined : await childOf(root, name, planning);
    if (node) others.push({ name, node });
  }
  return { root: planned, others, shots, changes };
}

/** A member that can be read; links that lead elsewhere, and types that nobody knows, are left out. */
async function childOf({ node }: StoredGroup, name: string, { changes, options }: Planning): Promise<Node | undefined> {
  try {
    return await node.child(name, options);
  } catch (error) {
    if (!isFormatError(error, "refused", "unsupported")) throw error;
    changes.lose(error.path, `${error.reason}: left out`);
    return undefined;
  }
}

async function planShots(timeline: StoredGroup, planning: Planning): Promise<readonly ShotPlan[]> {
  const { changes, options } = planning;
  const { node } = timeline;
  const stored = node.keys.flatMap((name) => {
    const number = numberIn(name, "shot");
    if (number === undefined) changes.lose(node.path, `${name} is no shot: left out`);
    return number === undefined ? [] : [{ name, number }];
  });
  const sorted = [...stored].sort((a, b) => a.number - b.number);
  if (stored.some(({ number }, index) => number !== sorted[index]?.number))
    changes.mend(node.path, "shots are in the order of their names: put in that of their numbers");
  const shots: ShotPlan[] = [];
  for (const [index, { name }] of sorted.entries()) {
    options.onProgress?.({ stage: "look at shots", done: index, total: sorted.length, unit: "shots" });
    const shot = await storedGroup(await childOf(timeline, name, planning), options);
    if (shot) shots.push(await planShot(name, shot, shots.at(-1)?.end ?? 0, planning));
    else changes.lose(node.path, `${name} is no group: left out`);
  }
  return shots;
}

/** `after`: where the shot before ends. */
async function planShot(name: string, shot: StoredGroup, after: number, planning: Planning): Promise<ShotPlan> {
  const { changes, options, root } = planning;
  const { node } = shot;
  const stated = wholeOf(shot, "start_frame");
  const poses: PosePlan[] = [];
  for (const member of node.keys) {
    const group = numberIn(member, "pose") === undefined ? undefined : await childOf(shot, member, planning);
    const pose = await storedGroup(group, options);
    if (!pose) {
      changes.lose(node.path, `${member} is no pose: left out`);
      continue;
    }
    const plan = await planPose(pose, { ...options, name: member, limbs: root.limbs, changes, start: stated ?? after });
    if (plan) poses.push(plan);
  }
  return { name, ...shotInterval(shot, poses, { after, stated, changes, isUnseg: root.type === "unseg" }), poses };
}

interface ShotBounds {
  readonly after: number;
  readonly stated: number | undefined;
  readonly changes: Changes;
  readonly isUnseg: boolean;
}

/** From where the shot is said to start, or its first pose does, to where it is said to end, or its last pose does. */
function shotInterval(
  shot: StoredGroup,
  poses: readonly PosePlan[],
  { after, stated, changes, isUnseg }: ShotBounds,
): { start: number; end: number } {
  const { path } = shot.node;
  const statedEnd = wholeOf(shot, "end_frame");
  const first = poses.reduce((least, { start }) => Math.min(least, start), stated ?? Number.POSITIVE_INFINITY);
  const start = Number.isFinite(first) ? first : after;
  const last = poses.reduce((most, { end }) => Math.max(most, end), 0);
  // Without any pose, SkelShop ends the timeline of a file without shots at 1, wherever it starts.
  const isEmpty = isUnseg && poses.length === 0 && statedEnd === 1;
  const end = isEmpty ? 1 : Math.max(start, last, statedEnd ?? 0);
  const say = (name: string, before: number | undefined, now: number): void => {
    if (before !== now) changes.mend(path, `${name} ${before ?? "is missing"}: becomes ${now}`);
  };
  say("start_frame", stated, start);
  say("end_frame", statedEnd, end);
  return { start, end };
}

/**
 * Shots hold every frame, so they tell how many there are; a copy of some of them keeps the number of all. Files without shots lose
 * frames without people at the end: there the number is wrong only if it is too small.
 */
function correctFrames({ root, changes }: Planning, stored: StoredGroup, shots: readonly ShotPlan[]): void {
  const end = shots.reduce((most, shot) => Math.max(most, shot.end), 0);
  const stated = wholeOf(stored, "num_frames");
  const isRight =
    stated !== undefined && (root.type === "unseg" ? stated >= end || shots[0]?.poses.length === 0 : stated === end);
  if (isRight || (root.type === "trackshots" && shots.length === 0)) return;
  root.attributes.set("num_frames", end);
  changes.mend("@num_frames", `${stated ?? "is missing"}, the timeline ends at ${end}: becomes ${end}`);
}
