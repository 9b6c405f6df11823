import { type CameraParameters, cameraOf } from "../camera.js";
import type { KeypointSet } from "../keypoints.js";

/** A JSON document that is being written. */
export type Json = Readonly<Record<string, unknown>>;

const VERSION = "1.0.0";

/** The document with a version in front; itself where it has one. */
export function versioned(document: Json): Json {
  return document["version"] === undefined ? { version: VERSION, ...document } : document;
}

/** What `camera_metadata.json` lacks in older layouts: the name, the focal length, a matrix that fits the camera's place. */
export function currentCamera(document: Json, name: string): { readonly document: Json; readonly changes: string[] } {
  const metadata = document as unknown as CameraParameters & {
    readonly sensor?: { readonly sensor_width?: number } | undefined;
  };
  const { camera, size, correction } = cameraOf(metadata);
  const changes: string[] = [];
  const added: Record<string, unknown> = {};
  if (correction) {
    added["extrinsic_matrix"] = camera.extrinsics;
    const reason = correction === "translation-sign" ? "its translation had the wrong sign" : "it was somewhere else";
    changes.push(`extrinsic_matrix made of location and orientation: ${reason}`);
  }
  if (document["camera_name"] !== name) {
    added["camera_name"] = name;
    changes.push("camera_name is that of the folder");
  }
  const width = metadata.sensor?.sensor_width;
  if (document["focal_length"] === undefined && typeof width === "number") {
    added["focal_length"] = ((camera.intrinsics[0][0] as number) * width) / size.width;
    changes.push("focal_length follows from intrinsic_matrix and sensor");
  }
  const { version: _, ...rest } = document;
  const isCurrent = changes.length === 0 && document["version"] === "1.1.0";
  return { document: isCurrent ? document : { version: "1.1.0", ...rest, ...added }, changes };
}

/** An actor with what they look like in the image of one camera only; itself where that is all there is. */
export function actorOfCamera(document: Json, camera: string): Json {
  let isLess = false;
  const entries = Object.entries(document).map(([key, value]) => {
    const points = value as { readonly "2d"?: Json } | null;
    const places = typeof points === "object" && points !== null && !Array.isArray(points) ? points["2d"] : undefined;
    if (typeof places !== "object" || places === null || !Object.hasOwn(places, camera)) return [key, value] as const;
    if (Object.keys(places).length === 1) return [key, value] as const;
    isLess = true;
    return [key, { ...points, "2d": { [camera]: places[camera] } }] as const;
  });
  return versioned(isLess ? Object.fromEntries(entries) : document);
}

/** The sets as a file of version 2; `all` uses the names that `all_key_points.json` has for them. */
export function keyPointsDocument(sets: readonly KeypointSet[], { names }: { readonly names: "single" | "all" }): Json {
  const root: Record<string, unknown> = { version: "2.0.0" };
  for (const set of sets) {
    const isNumbered = set.names.every((name) => /^\d+$/.test(name));
    const pad = isNumbered && Number(set.names[0]) === 1 && set.names.length === 68 ? 2 : 0;
    set.names.forEach((name, index) => {
      const steps = isNumbered
        ? [...set.path.split("."), name.replace(/^0+(?=\d)/, "").padStart(pad, "0")]
        : name.split(".");
      const [first = "", ...rest] = steps;
      put(root, [names === "all" ? (SINGULAR[first] ?? first) : first, ...rest], pointOf(set, index));
    });
  }
  return root;
}

const SINGULAR: Readonly<Record<string, string>> = { ears: "ear", hands: "hand", eyes: "eye" };

function put(root: Record<string, unknown>, steps: readonly string[], leaf: Json): void {
  let group = root;
  for (const step of steps.slice(0, -1)) {
    const next = (group[step] ?? {}) as Record<string, unknown>;
    group[step] = next;
    group = next;
  }
  group[steps.at(-1) as string] = leaf;
}

function pointOf({ coords3d, rowColumn, visible }: KeypointSet, index: number): Json {
  const [x, y, z] = [0, 1, 2].map((axis) => coords3d.get(index, axis));
  return {
    global_3d: { x, y, z },
    pixel_2d: { x: rowColumn.get(index, 0), y: rowColumn.get(index, 1) },
    ...(visible && { is_visible: String(visible.get(index)) }),
  };
}

/** As the vendor's files are laid out. */
export function jsonBytes(document: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document, null, 3));
}
