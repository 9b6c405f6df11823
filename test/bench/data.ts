import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawnToEnd } from "./run.js";

const BODIES = ["bodies-raw", "bodies-clip", "bodies", "bodies-seekable"] as const;

/** Small files that are there already, one of each container. */
const STARTED = {
  "start-humandata": "humandata/full.npz",
  "start-pyskl": "pyskl/coco2d_f16_p2_np1.pkl",
  "start-skelshop": "skelshop/track_body25_13shots.h5",
  "start-bodycompress": "bodycompress/multi_person.xz",
  "start-datagen": "datagen/faces_v2",
  "start-tar": "datagen/dataset.tar.gz",
  "start-json": "datagen/faces_v2/datapoint_00001/actor_metadata.json",
} as const;

const root = resolve(import.meta.dirname, "../..");

export type Kind =
  | "deflated"
  | "stored"
  | "packed"
  | "pickle2"
  | "pickle4"
  | "pickle5"
  | "skeletons"
  | "faces"
  | "depth"
  | "poses"
  | "shots"
  | "walks"
  | "coco"
  | "schemas"
  | keyof typeof STARTED
  | (typeof BODIES)[number];

/** Whether files of a kind are meshes of bodies, which Python makes. */
export function isBodies(kind: Kind): boolean {
  return BODIES.some((one) => one === kind);
}

export interface Sizes {
  readonly frames: number;
  readonly clips: number;
  /** Files of raw skeletons. */
  readonly skeletons: number;
  /** Frames of skeletons in one file: three people, or half as many frames in short shots. */
  readonly poses: number;
  /** Datapoints of rendered faces. */
  readonly faces: number;
  /** Lines and columns of a depth map. */
  readonly picture: number;
  /** Frames of estimated bodies in a long file; a short one has an eighth. */
  readonly bodies: number;
  /** Images of a document of annotations, with three people each. */
  readonly images: number;
}

/** Names that python/data.py, python/bodies.py and ours/make-data.ts use. */
export function dataPath(folder: string, kind: Kind, sizes: Sizes): string {
  const { frames, clips, skeletons, bodies, faces, images, picture } = sizes;
  if (kind === "schemas") return join(root, "schemas");
  if (kind in STARTED) return join(root, "test/conformance", STARTED[kind as keyof typeof STARTED]);
  if (kind === "walks") return join(folder, `walks-${sizes.frames}.npz`);
  if (kind === "coco") return join(folder, `coco-${images}.json`);
  if (kind === "faces") return join(folder, `faces-${faces}`);
  if (kind === "depth") return join(folder, `depth-${picture}.exr`);
  if (kind === "bodies-raw") return join(folder, `bodies-${bodies}.npz`);
  if (isBodies(kind)) return join(folder, `bodies-${bodies}${kind.slice("bodies".length)}.xz`);
  if (kind === "poses" || kind === "shots") return join(folder, `${kind}-${sizes.poses}.h5`);
  if (kind === "skeletons") return join(folder, `skeletons-${skeletons}`);
  if (kind === "deflated") return join(folder, `humandata-${frames}.npz`);
  if (kind === "stored") return join(folder, `humandata-${frames}-stored.npz`);
  if (kind === "packed") return join(folder, `humandata-${frames}-packed.npz`);
  return join(folder, `clips-${clips}-p${kind.slice("pickle".length)}.pkl`);
}

/** A script that makes the files: `command OUT KIND… --frames N --clips N`. What it is made of decides what they hold. */
export interface Maker {
  readonly command: readonly string[];
  readonly source: string;
}

/** Makes the files that are not there yet, all of them when another maker made what is there. */
export async function ensureData(
  folder: string,
  kinds: readonly Kind[],
  sizes: Sizes,
  /**
   * `texts` makes raw skeletons, faces and depths, of whatever the others are: `command OUT KIND… --skeletons N --faces N --picture N`. `bodies` makes the meshes:
   * `command OUT KIND… --bodies N`. `seekable` writes one of them anew.
   */
  maker: Maker & {
    readonly texts: Maker["command"];
    readonly bodies: Maker["command"];
    readonly seekable: (from: string, to: string) => Promise<void>;
  },
): Promise<void> {
  const made = createHash("sha256").update(readFileSync(maker.source)).digest("hex");
  const stamp = join(folder, "made-by");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== made) {
    for (const name of readdirSync(folder)) if (/^(humandata|clips)-\d/.test(name)) rmSync(join(folder, name));
    writeFileSync(stamp, made);
  }
  const missing = kinds.filter((kind) => !existsSync(dataPath(folder, kind, sizes)));
  if (missing.length === 0) return;
  const { skeletons, faces, picture, bodies, poses, images, ...files } = sizes;
  const isText = (kind: Kind): boolean =>
    ["skeletons", "faces", "depth", "poses", "shots", "walks", "coco"].includes(kind);
  const { frames } = sizes;
  await make(maker.texts, folder, missing.filter(isText), { frames, skeletons, faces, picture, poses, images });
  const others = missing.filter((kind) => !isText(kind) && !isBodies(kind));
  await make(maker.command, folder, others, files);
  const isSeekable = missing.includes("bodies-seekable");
  const meshes = new Set([...missing.filter(isBodies), ...(isSeekable ? (["bodies"] as const) : [])]);
  meshes.delete("bodies-seekable");
  await make(maker.bodies, folder, [...meshes], { bodies });
  if (isSeekable) await maker.seekable(dataPath(folder, "bodies", sizes), dataPath(folder, "bodies-seekable", sizes));
}

async function make(
  command: Maker["command"],
  folder: string,
  kinds: readonly Kind[],
  sizes: Partial<Sizes>,
): Promise<void> {
  if (kinds.length === 0) return;
  const [program, ...args] = command as [string, ...string[]];
  const counts = Object.entries(sizes).flatMap(([name, count]) => [`--${name}`, `${count}`]);
  await spawnToEnd(program, [...args, folder, ...kinds, ...counts]);
}
