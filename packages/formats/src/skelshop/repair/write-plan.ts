import type { ArrayNode, Hdf5GroupWriter, Node, RepairOptions, Sink } from "@somakit/core";
import { createHdf5 } from "@somakit/core/codec/hdf5";
import { NdArray } from "@somakit/core/ndarray";
import { csrOptions } from "../write/storage.js";
import type { FilePlan, ShotPlan } from "./file-plan.js";
import { keptColumns, numbersOf, type PosePlan } from "./pose-plan.js";
import { attributesOf } from "./stored.js";

/** Writes a skeleton file as it was planned, and commits the sink. */
export async function writePlan(sink: Sink, plan: FilePlan, options: RepairOptions): Promise<void> {
  const file = createHdf5(sink, { signal: options.signal });
  const { root, others, shots } = plan;
  for (const [name, value] of root.attributes) await file.root.setAttribute(name, value);
  const timeline = file.root.group("timeline", { ordered: true });
  for (const [index, shot] of shots.entries()) {
    options.onProgress?.({ stage: "write shots", done: index, total: shots.length, unit: "shots" });
    const group = root.type === "unseg" ? timeline : timeline.group(shot.name, { ordered: true });
    await writeShot(group, shot, plan, options);
    if (group !== timeline) await group.close();
  }
  for (const { name, node } of others) await copyNode(file.root, name, node, options);
  await file.close();
}

async function writeShot(
  group: Hdf5GroupWriter,
  { start, end, poses }: ShotPlan,
  { root }: FilePlan,
  options: RepairOptions,
): Promise<void> {
  await group.setAttribute("start_frame", start);
  await group.setAttribute("end_frame", end);
  for (const pose of poses) {
    const own = group.group(pose.name);
    await own.setAttribute("start_frame", pose.start);
    await own.setAttribute("end_frame", pose.end);
    await writePose(own, pose, { limbs: root.limbs, growing: root.type === "unseg", options });
    await own.close();
  }
}

interface PoseWriting {
  readonly limbs: number;
  readonly growing: boolean;
  readonly options: RepairOptions;
}

/** Keypoints that are read at once. */
const WINDOW = 1 << 16;

/** Copies the keypoints that stay, as they are stored: also those whose confidence is 0, which a dense row does not show. */
async function writePose(
  group: Hdf5GroupWriter,
  pose: PosePlan,
  { limbs, growing, options }: PoseWriting,
): Promise<void> {
  const { data, indices, from, to } = pose;
  const { storage = {} } = csrOptions(limbs, {}, growing);
  const type = data.type.name === "float64" ? "<f8" : "<f4";
  const points = group.append("data", { dtype: type, row: [3], growing, ...storage.data });
  const columns = group.append("indices", { dtype: "<u2", row: [], growing, ...storage.indices });
  const starts = group.append("indptr", { dtype: "<u4", row: [], growing, ...storage.indptr });
  const keep = keptColumns(limbs);
  const ends = new Uint32Array(from.length + 1);
  let count = 0;
  for (let row = 0; row < from.length; ) {
    const stop = windowEnd(pose, row);
    const [first, last] = [from[row] as number, to[stop - 1] as number];
    const found = numbersOf(await rowsOf(indices, first, last, options));
    const kept: number[] = [];
    for (; row < stop; row++) {
      for (let at = from[row] as number; at < (to[row] as number); at++)
        if (keep(found[at - first] as number, row)) kept.push(at - first);
      ends[row + 1] = count + kept.length;
    }
    count += kept.length;
    if (kept.length === 0) continue;
    await columns.append(
      NdArray.from(
        "uint16",
        Uint16Array.from(kept, (at) => found[at] as number),
        [kept.length],
      ),
    );
    await points.append(picked(await rowsOf(data, first, last, options), kept));
  }
  await starts.append(NdArray.from("uint32", ends, [ends.length]));
}

/** The first row behind those that are read at once with `row`. */
function windowEnd({ from, to }: PosePlan, row: number): number {
  let stop = row + 1;
  while (
    stop < from.length &&
    (to[stop] as number) - (from[row] as number) <= WINDOW &&
    (from[stop] as number) >= (to[stop - 1] as number)
  )
    stop++;
  return stop;
}

async function rowsOf(array: ArrayNode, start: number, stop: number, options: RepairOptions): Promise<NdArray> {
  return array.rows ? array.rows(start, stop, options) : (await array.load(options)).slice([start, stop]);
}

/** Rows of an array of three columns. */
function picked(points: NdArray, rows: readonly number[]): NdArray {
  if (rows.length === points.shape[0]) return points.contiguous();
  const { data, offset, dtype } = points.contiguous() as NdArray<"float32" | "float64">;
  const out = dtype === "float64" ? new Float64Array(3 * rows.length) : new Float32Array(3 * rows.length);
  for (const [to, row] of rows.entries()) out.set(data.subarray(offset + 3 * row, offset + 3 * row + 3), 3 * to);
  return NdArray.from(dtype as "float64", out as Float64Array, [rows.length, 3]) as unknown as NdArray;
}

/** Copies what is none of SkelShop's. */
export async function copyNode(
  group: Hdf5GroupWriter,
  name: string,
  node: Node,
  options: RepairOptions,
): Promise<void> {
  if (node.kind !== "group" && node.kind !== "array") return;
  const own = node.kind === "group" ? group.group(name) : await group.write(name, node, {}, options);
  for (const [key, value] of await attributesOf(node, options)) await own.setAttribute(key, value);
  if (node.kind === "array") return;
  for (const key of node.keys) {
    const child = await node.child(key, options);
    if (child) await copyNode(own as Hdf5GroupWriter, key, child, options);
  }
}
