import { NdArray } from "@somakit/core";
import { digestOf } from "../../../support/expected-array.js";
import { differences, isObject } from "../../compare.js";
import type { Check, Difference } from "../../system.js";

/** A datapoint as the fixtures describe it. */
export interface ExpectedDatapoint {
  readonly scene: string;
  readonly camera: string;
  readonly frame: number | null;
  readonly image: string;
  readonly missing: readonly string[];
  readonly modalities: Readonly<Record<string, unknown>>;
}

type Members = Readonly<Record<string, unknown>>;

/** The folders that a datapoint is in, innermost first: its camera, its frame, its scene. */
export function foldersOf(data: unknown, { scene, camera, frame }: ExpectedDatapoint): readonly Members[] {
  const named = (list: unknown, key: string, value: unknown): Members | undefined =>
    (Array.isArray(list) ? (list as readonly Members[]) : []).find((item) => item[key] === value);
  const scenes = named((data as Members)["scenes"], "name", scene);
  const frames = frame === null ? scenes : named(scenes?.["frames"], "number", frame);
  const cameras = named(frames?.["cameras"], "name", camera);
  return [cameras, frames, scenes].filter((folder) => folder !== undefined);
}

/** Where the schema has each modality, besides the image itself. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  actor_metadata: ["actor_metadata"],
  camera_metadata: ["camera_metadata"],
  center_of_geometry: ["center_of_geometry"],
  datapoint_request: ["datapoint_request"],
  depth: ["depth"],
  face_bounding_box: ["face_bounding_box"],
  hdri_map: ["hdri_map"],
  keypoints: ["key_points", "standard_keypoints", "keypoints"],
  lights_metadata: ["lights_metadata"],
  normal_map: ["normal_maps"],
  semantic_segmentation: ["semantic_segmentation", "semantic_segmentation_exr"],
  semantic_segmentation_metadata: ["semantic_segmentation_metadata"],
};

/** The value of a modality: that of the innermost folder which has one. */
function memberOf(folders: readonly Members[], modality: string): unknown {
  for (const folder of folders)
    for (const key of MEMBERS[modality] ?? []) if (folder[key] !== undefined) return folder[key];
  return undefined;
}

/** What is to be checked of a datapoint as it was read: what is there, each array, each document. */
export function storedChecks(expected: ExpectedDatapoint, read: () => Promise<unknown>): readonly Check[] {
  const { scene, camera, frame, image, modalities } = expected;
  const name = [scene, ...(frame === null ? [] : [frame]), camera, image].join("/");
  const check = (what: string, compare: (folders: readonly Members[]) => readonly Difference[]): Check => ({
    name: `${name} ${what}`,
    run: async () => compare(foldersOf(await read(), expected)),
  });
  const stated = (names: readonly string[]): readonly string[] => names.filter((modality) => modality in modalities);
  return [
    check("missing", (folders) => missingDifferences(expected, folders)),
    check("rendered_image", (folders) => imageDifferences("rendered_image", modalities, folders[0]?.[image])),
    ...stated(IMAGES).map((modality) =>
      check(modality, (folders) => imageDifferences(modality, modalities, memberOf(folders, modality))),
    ),
    ...stated(DOCUMENTS).map((modality) =>
      check(modality, (folders) => documentDifferences(modality, modalities[modality], memberOf(folders, modality))),
    ),
    ...stated(["keypoints"]).map((modality) =>
      check(modality, (folders) => keypointFiles(modalities[modality], folders[0])),
    ),
  ];
}

const IMAGES = ["depth", "normal_map", "hdri_map", "semantic_segmentation"] as const;
const DOCUMENTS = [
  "camera_metadata",
  "face_bounding_box",
  "lights_metadata",
  "center_of_geometry",
  "actor_metadata",
] as const;

function missingDifferences(expected: ExpectedDatapoint, folders: readonly Members[]): readonly Difference[] {
  const missing = Object.keys(MEMBERS).filter((modality) => memberOf(folders, modality) === undefined);
  return differences([...expected.missing].sort(), missing.sort());
}

function imageDifferences(modality: string, modalities: Members, found: unknown): readonly Difference[] {
  const wanted = modalities[modality];
  if (!isObject(wanted)) return [];
  if (!(found instanceof NdArray)) return [{ path: modality, expected: "an array", found: String(found) }];
  const { dtype, shape, sha256 } = wanted["raw"] as Members;
  return differences({ dtype, shape, sha256 }, digestOf(found), modality);
}

/** Documents are described whole, in notation that tells dicts from lists, or by some of their members. */
function documentDifferences(modality: string, wanted: unknown, found: unknown): readonly Difference[] {
  if (!isObject(wanted) || !isObject(found)) return differences(wanted, found ?? "nothing", modality);
  const members = plain(wanted) as Members;
  const known = Object.entries(members).filter(([key, value]) => value !== null && !key.startsWith("eye_points"));
  const same = known.map(([key]) => [key, plain(found[key])] as const);
  return differences(Object.fromEntries(known), Object.fromEntries(same), modality, { order: false });
}

/** Versions of the files of key points. */
function keypointFiles(wanted: unknown, camera: Members | undefined): readonly Difference[] {
  if (!isObject(wanted) || !isObject(wanted["files"])) return [];
  const folder = (camera?.["key_points"] ?? {}) as Members;
  const found = Object.keys(wanted["files"]).map((file) => {
    const key = file.replace(/\.json$/, "");
    const document = (folder[key] ?? camera?.[key]) as Members | undefined;
    return [file, document ? (document["version"] ?? null) : "no such file"] as const;
  });
  return differences(wanted["files"], Object.fromEntries(found), "keypoints", { order: false });
}

/** The value that a description in the fixtures' notation, or a value that was read, stands for. */
function plain(value: unknown): unknown {
  if (value instanceof NdArray) return value.toList();
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && isObject(value["dict"])) return plain(value["dict"]);
  if (keys.length === 1 && Array.isArray(value["list"])) return plain(value["list"]);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
