import {
  type ArrayNode,
  astype,
  type Change,
  type Collection,
  dtype,
  FormatError,
  type GroupNode,
  type MemberEdits,
  NumpyScalar,
  type Value,
} from "@somakit/core";
import type { AnnotationAccessor } from "../pyskl.access.gen.js";
import { layout } from "../pyskl.layout.gen.js";

export interface UpgradedClips<C> {
  readonly clips: C;
  readonly changes: readonly Change[];
}

/** The schema's rule about annotations. */
const RULE = `${layout.schema}#${layout.defs["Annotation"]?.rule ?? ""}`;
const FORMER_VALID = /^valid@(0\.[5-9])$/;
/** Upstream adds the ending of the file that holds the keypoints. */
const FILE_ENDING = /\.pkl$/;

/** See `ClipSet.upgrade`. */
export async function upgradeClips<C extends Collection<AnnotationAccessor>>(clips: C): Promise<UpgradedClips<C>> {
  const changes: Change[] = clips.gaps.map((index) => ({
    path: clips.at(index).path,
    message: "nobody is in this clip; left out",
    rule: RULE,
  }));
  const whole = clips.withoutGaps();
  const known = whole.length > 0 && whole.nameMember === "filename";
  const edited = await whole.edit(async (clip) => {
    const group = (await clip.node()) as GroupNode;
    const note = (key: string, message: string, rule = key): void =>
      void changes.push({ path: `${clip.path}.${key}`, message, rule: `${RULE}/properties/${rule}` });
    return {
      ...(known ? await currentName(group, note) : {}),
      ...(await currentValid(group, note)),
      ...(await pythonNumbers(group, note)),
      ...(await floatKeypoints(group, note)),
    };
  });
  if (!known) return { clips: changes.length === 0 ? clips : edited, changes };
  return { clips: await underNewNames(whole, edited), changes };
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

/** numpy's whole numbers where Python's are usual. */
async function pythonNumbers(group: GroupNode, note: Note): Promise<MemberEdits> {
  const edits: Record<string, unknown> = {};
  for (const key of ["label", "total_frames", "num_person_raw", "valid_frames"]) {
    const node = await group.child(key);
    if (node?.kind !== "scalar" || !(node.value instanceof NumpyScalar) || !/int/.test(node.value.type.name)) continue;
    edits[key] = Number(node.value.value);
    note(key, `a number of numpy (${node.value.type.name}); it becomes Python's`);
  }
  return edits;
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
