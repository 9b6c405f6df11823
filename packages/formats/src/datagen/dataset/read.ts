import type { ExrFile, NdArray, ReadOptions } from "@somakit/core";
import { openExr } from "@somakit/core/codec/exr";
import { readPng } from "@somakit/core/codec/png";
import { FormatError } from "@somakit/core/errors";
import { majorVersion } from "../failure.js";
import { flatKeypointSet, joinedSets, type KeypointSets, readKeypointSets } from "../keypoints.js";
import { type DocumentModality, type Documents, readDocument } from "./document.js";
import { objectOf } from "./files.js";
import { FILES, type FileModality, MODALITIES, type Modality } from "./modality.js";
import type { Place } from "./place.js";

/** The file of a modality: beside the image, in the frame or in the scene, whichever has it first. */
export async function findFile(
  place: Place,
  modality: FileModality,
  options: ReadOptions,
): Promise<string | undefined> {
  for (const folder of place.folders) {
    const entries = await place.files.list(folder, options);
    const name = FILES[modality].find((file) => entries.get(file)?.kind === "file");
    if (name !== undefined) return `${folder}/${name}`;
  }
  return undefined;
}

/** The rendered image's file. */
export async function findImage(
  { files, folders, environment }: Place,
  options: ReadOptions,
): Promise<string | undefined> {
  const name = environment.image_name;
  const entries = await files.list(folders[0] as string, options);
  return entries.get(name)?.kind === "file" ? `${folders[0]}/${name}` : undefined;
}

/** What a datapoint has, in the order of {@link MODALITIES}. Reads names only. */
export async function presentModalities(place: Place, options: ReadOptions): Promise<readonly Modality[]> {
  const present: Modality[] = [];
  for (const modality of MODALITIES) if (await isPresent(place, modality, options)) present.push(modality);
  return present;
}

export async function isPresent(place: Place, modality: Modality, options: ReadOptions): Promise<boolean> {
  if (modality === "environment") return true;
  if (modality === "rendered_image") return (await findImage(place, options)) !== undefined;
  if (modality === "keypoints") return (await keypointFiles(place, options)).length > 0;
  return (await findFile(place, modality, options)) !== undefined;
}

/** A JSON file as the schema describes it; undefined where it is missing. */
export async function readDocumentOf<M extends DocumentModality>(
  place: Place,
  modality: M,
  options: ReadOptions,
): Promise<Documents[M] | undefined> {
  const path = await findFile(place, modality, options);
  if (path === undefined) return undefined;
  return place.files.kept(path, options, async (source) => {
    majorVersion(((await objectOf(source, options)) as { readonly version?: unknown }).version, [1]);
    return readDocument(modality, source, { ...options, isFramed: place.frame !== undefined });
  });
}

/** Samples of a PNG image (H, W, C) as stored. */
export async function readImage(
  place: Place,
  path: string,
  options: ReadOptions,
): Promise<NdArray<"uint8" | "uint16">> {
  return place.files.use(path, options, async (source) => (await readPng(source, options)).array as never);
}

/** The channel of a depth map (H, W): R, else Y, Z, V, else the only one. */
export async function readDepth(
  place: Place,
  path: string,
  options: ReadOptions,
): Promise<NdArray<"float16" | "float32">> {
  return place.files.use(path, options, async (source) => {
    const file = await openExr(source, options);
    const names = file.channelNames;
    const name =
      ["R", "Y", "Z", "V"].find((wanted) => names.includes(wanted)) ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined)
      throw new FormatError("mismatch", `none of the channels ${names.join(", ")} is known to be a depth`);
    const planes = await file.read({ ...options, channels: [name] });
    return floating(planes.get(name) as unknown as NdArray, name) as NdArray<"float16" | "float32">;
  });
}

/** Red, green and blue of an EXR image (H, W, 3) as stored. */
export async function readColours(
  place: Place,
  path: string,
  options: ReadOptions,
): Promise<NdArray<"float16" | "float32">> {
  return place.files.use(path, options, async (source) => {
    const file: ExrFile = await openExr(source, options);
    const colours = await file.readInterleaved({ ...options, channels: ["R", "G", "B"] });
    return floating(colours as unknown as NdArray, "R, G, B") as NdArray<"float16" | "float32">;
  });
}

function floating(array: NdArray, channels: string): NdArray {
  if (array.dtype === "float16" || array.dtype === "float32") return array;
  throw new FormatError("mismatch", `the channels ${channels} are ${array.dtype}, float16 or float32 is needed`);
}

const ALL = "all_key_points.json";
const SINGLE = /^[a-z_]+_key_points\.json$/;
/** Files of version 1, in the folder of the camera. */
const FLAT = { "standard_keypoints.json": "standard", "dense_keypoints.json": "dense" } as const;
const JOINED = "keypoints.json";

/** Files with keypoints: that with all of them first, then those with one family each. */
export async function keypointFiles({ files, folders }: Place, options: ReadOptions): Promise<readonly string[]> {
  const camera = folders[0] as string;
  const inside = [...(await files.list(`${camera}/key_points`, options)).keys()].filter((name) => SINGLE.test(name));
  if (inside.length > 0) return inOrder(inside, ALL).map((name) => `${camera}/key_points/${name}`);
  const beside = [...(await files.list(camera, options)).keys()];
  const names = beside.filter((name) => Object.hasOwn(FLAT, name) || name === JOINED);
  return inOrder(names, JOINED).map((name) => `${camera}/${name}`);
}

function inOrder(names: readonly string[], first: string): readonly string[] {
  return names.toSorted((a, b) => Number(b === first) - Number(a === first) || (a < b ? -1 : 1));
}

/** Families that files of one family hold, by the name of the file; `face.dense` and so on. */
const FAMILIES: Readonly<Record<string, string>> = {
  face_dense_key_points: "face.dense",
  face_standard_key_points: "face.standard",
  standard_keypoints: "face.standard",
  dense_keypoints: "face.dense",
};

function familyOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
  return Object.hasOwn(FAMILIES, name) ? (FAMILIES[name] as string) : name.replace(/_key_points$/, "");
}

/**
 * The sets of keypoints of a datapoint: of the file with all of them, and of those with families that it has not. With `wanted`,
 * the file of just these is read where it is there.
 */
export async function readKeypoints(
  place: Place,
  wanted: string | undefined,
  options: ReadOptions,
): Promise<KeypointSets | undefined> {
  const paths = await keypointFiles(place, options);
  if (paths.length === 0) return undefined;
  const own = wanted === undefined ? undefined : paths.find((path) => belongs(wanted, familyOf(path)));
  if (own !== undefined) return readSets(place, own, options);
  const parts: KeypointSets[] = [];
  for (const path of paths) {
    const family = familyOf(path);
    const isKnown = parts.some((sets) => [...sets.keys()].some((name) => belongs(name, family)));
    if (!isKnown) parts.push(await readSets(place, path, options));
  }
  return joinedSets(parts);
}

function belongs(set: string, family: string): boolean {
  return set === family || set.startsWith(`${family}.`);
}

async function readSets(place: Place, path: string, options: ReadOptions): Promise<KeypointSets> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const flat = Object.hasOwn(FLAT, name) ? FLAT[name as keyof typeof FLAT] : undefined;
  return place.files.kept(path, options, async (source) => {
    if (!flat) return readKeypointSets(source, options);
    const set = flatKeypointSet(await objectOf(source, options), flat);
    return new Map([[set.path, set]]);
  });
}
