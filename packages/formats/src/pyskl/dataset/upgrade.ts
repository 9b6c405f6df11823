import type { ArrayNode, Change, Collection, GroupNode, MemberEdits, Value } from "@somakit/core";
import { upgradeCollection } from "@somakit/core/engine/collection";
import { FormatError } from "@somakit/core/errors";
import { astype, dtype } from "@somakit/core/ndarray";
import { NumpyScalar } from "@somakit/core/value";
import type { AnnotationAccessor } from "../pyskl.access.gen.js";

/** Clips as they are today, and what was changed for that. */
export interface UpgradedClips<C> {
  readonly clips: C;
  readonly changes: readonly Change[];
}

const FORMER_VALID = /^valid@(0\.[5-9])$/;
/** Upstream adds the ending of the file that holds the keypoints. */
const FILE_ENDING = /\.pkl$/;

/** See `ClipSet.upgrade`. */
export async function upgradeClips<C extends Collection<AnnotationAccessor>>(clips: C): Promise<UpgradedClips<C>> {
  const whole = clips.withoutGaps();
  const known = whole.length > 0 && whole.nameMember === "filename";
  const { list, changes } = await upgradeCollection<AnnotationAccessor, C>(clips, async (clip, note) => {
    const group = (await clip.node()) as GroupNode;
    return {
      ...(known ? await currentName(group, note) : {}),
      ...(await currentValid(group, note)),
      ...(await floatKeypoints(group, note)),
    };
  });
  return { clips: known ? await underNewNames(whole, list) : list, changes };
}

type Note = (key: string, message: string, rule?: string) => void;

/** A clip that was known by the name of a file; the name stays as the file with the keypoints where it was only that. */
async function currentName(group: GroupNode, note: Note): Promise<MemberEdits> {
  const filename = await single(group, "filename");
  if (typeof filename !== "string") return {};
  if (group.keys.includes("frame_dir")) {
    note("filename", "clips are known by frame_dir; left out");
    return { filename: undefined };
  }
  const frameDir = filename.replace(FILE_ENDING, "");
  const isRaw = !group.keys.includes("keypoint") && !group.keys.includes("raw_file");
  note("filename", `${isRaw ? "now called raw_file; " : ""}frame_dir is ${JSON.stringify(frameDir)}`);
  return {
    filename: undefined,
    frame_dir: frameDir,
    ...(isRaw && { raw_file: filename }),
  };
}

async function currentValid(group: GroupNode, note: Note): Promise<MemberEdits> {
  const former = group.keys.filter((key) => FORMER_VALID.test(key));
  if (former.length === 0) return {};
  const valid = new Map<Value, Value>();
  for (const key of former) {
    const [, score] = FORMER_VALID.exec(key) as unknown as [string, string];
    valid.set(Number(score), (await single(group, key)) as Value);
    note(key, "now an entry of valid", "valid");
  }
  const gone = Object.fromEntries(former.map((key) => [key, undefined]));
  return { ...gone, ...(group.keys.includes("valid") ? {} : { valid }) };
}

async function floatKeypoints(group: GroupNode, note: Note): Promise<MemberEdits> {
  const node = await group.child("keypoint");
  if (node?.kind !== "array" || !/^u?int/.test(node.type.name)) return {};
  note("keypoint", `whole numbers (${node.type.name}); they become float32`);
  return { keypoint: floats(node) };
}

function floats(node: ArrayNode): ArrayNode {
  const load: ArrayNode["load"] = async (options) => astype(await node.load(options), "float32");
  return {
    kind: "array",
    path: node.path,
    type: dtype("<f4"),
    shape: node.shape,
    order: "C",
    load,
    async *chunks(options) {
      yield (await load(options)).toBytes();
    },
  };
}

async function single(group: GroupNode, key: string): Promise<unknown> {
  const node = await group.child(key);
  if (node?.kind !== "scalar") return undefined;
  return node.value instanceof NumpyScalar ? node.value.value : node.value;
}

/** Splits with the names that clips have now. */
async function underNewNames<C extends Collection<AnnotationAccessor>>(before: C, after: C): Promise<C> {
  const [old, current] = [await before.names(), await after.names()];
  const renamed = new Map(old.map((name, index) => [name, current[index] as string]));
  if (new Set(renamed.values()).size < renamed.size)
    throw new FormatError("mismatch", "two clips with one frame_dir, which their filename tells apart");
  const splits = [...before.splits].map(([split, names]) => {
    const known = names.filter((name) => renamed.has(name));
    return [split, known.map((name) => renamed.get(name) as string)] as const;
  });
  return splits.length === 0 ? after : after.withSplits(new Map(splits));
}
