import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GroupNode, hdf5, memorySource, type NdArray, type Node } from "@somakit/core";

/** Files of SkelShop, and what they are expected to hold. */
export const fixture = (name: string): string => join(import.meta.dirname, "../conformance/skelshop", name);
export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fixture(name)));

export interface ExpectedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

export interface ExpectedStorage {
  readonly chunks: readonly number[];
  readonly maxshape: readonly (number | null)[];
  readonly dtype: string;
}

export interface ExpectedPose {
  readonly name: string;
  readonly id: number;
  readonly start_frame: number;
  readonly end_frame: number;
  readonly indptr: ExpectedArray;
  readonly indices: ExpectedArray;
  readonly data: ExpectedArray;
  readonly storage: Readonly<Record<"data" | "indices" | "indptr", ExpectedStorage>>;
}

export interface ExpectedShot {
  readonly start_frame: number;
  readonly end_frame: number;
  readonly poses: readonly ExpectedPose[];
}

export interface ExpectedFile {
  readonly fmt_type: "unseg" | "trackshots";
  readonly attrs: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
  readonly mode: string;
  readonly limbs: number;
  readonly timeline: ExpectedShot;
  readonly shots: readonly ExpectedShot[];
}

export const expected = (name: string): ExpectedFile =>
  JSON.parse(readFileSync(fixture(`${name}.expected.json`), "utf8")) as ExpectedFile;

/** The shots of an expected file; its timeline where it has none. */
export const shotsOf = (file: ExpectedFile): readonly ExpectedShot[] =>
  file.fmt_type === "unseg" ? [file.timeline] : file.shots;

/** What is known of an array, as expected files put it. */
export async function described(node: Node | undefined): Promise<ExpectedArray> {
  if (node?.kind !== "array") throw new Error("no array");
  const bytes = (await node.load()).toBytes();
  const dtype = { float32: "<f4", uint16: "<u2", uint32: "<u4", int16: "<i2", int32: "<i4" }[node.type.name as string];
  return {
    dtype: dtype ?? node.type.name,
    shape: node.shape,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

export async function rootOf(bytes: Uint8Array): Promise<GroupNode> {
  return (await hdf5.open(memorySource(bytes))) as GroupNode;
}

export async function groupAt(group: GroupNode, ...names: readonly string[]): Promise<GroupNode> {
  let node: Node | undefined = group;
  for (const name of names) node = node?.kind === "group" ? await node.child(name) : undefined;
  if (node?.kind !== "group") throw new Error(`no group ${names.join("/")}`);
  return node;
}

/** Attributes as plain values. */
export async function attributesOf(node: Node): Promise<Record<string, unknown>> {
  const group = await node.attributes?.();
  const values: Record<string, unknown> = {};
  for (const name of group?.keys ?? []) {
    const child = await group?.child(name);
    const value = child?.kind === "scalar" ? child.value : undefined;
    const plain = value !== null && typeof value === "object" && "value" in value ? value.value : value;
    values[name] = typeof plain === "bigint" ? Number(plain) : plain;
  }
  return values;
}

/** Poses of a person by frame: the stored rows, dense, with `keypoints` rows. */
export async function posesOf(pose: GroupNode, limbs: number): Promise<readonly Float32Array[]> {
  const load = async (name: string): Promise<NdArray> => {
    const node = await pose.child(name);
    if (node?.kind !== "array") throw new Error(`no ${name}`);
    return node.load();
  };
  const [data, indices, indptr] = await Promise.all(["data", "indices", "indptr"].map(load));
  const numbers = [...(data as NdArray)].map(Number);
  const columns = [...(indices as NdArray)].map(Number);
  const ends = [...(indptr as NdArray)].map(Number);
  return ends.slice(1).map((end, row) => {
    const dense = new Float32Array(limbs * 3);
    for (let at = ends[row] as number; at < end; at++)
      dense.set(numbers.slice(3 * at, 3 * at + 3), 3 * (columns[at] as number));
    return dense;
  });
}
