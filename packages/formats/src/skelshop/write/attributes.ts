import type { Hdf5GroupWriter } from "@somakit/core";
import type { Skeleton } from "../skeleton.js";

/** What an attribute of a file can hold. */
export type AttributeValue = string | number | bigint | boolean;

/** Attributes of the file that writers do not set themselves, under the names that they are stored by. */
export interface SkeletonAttributes {
  /** Base name of the video file. */
  readonly video?: string | undefined;
  /** Frames of the video. Default: as many as were written, from frame 0. */
  readonly num_frames?: number | undefined;
  /** `<fmt_type>=<version>` of each program that had its hands on the file, the last one first, joined by `;`. */
  readonly skeldump_ver?: string | undefined;
  /** Version of OpenPose. Written as text. */
  readonly op_ver?: string | number | undefined;
  /** How shots were found: `bbskel`, `psd`, `ffprobe` or `none`. */
  readonly shot_seg?: string | undefined;
  /** Whether people were tracked, and how: `lighttrackish`, `opt_lighttrack`, `deepsortlike`, or empty text. */
  readonly track?: boolean | undefined;
  readonly track_conf?: string | undefined;
  /** What it was converted from: `single-zip`, `ordered-tar`, `monolithic-tar`. */
  readonly imported_from?: string | undefined;
  readonly [name: string]: AttributeValue | undefined;
}

export type SkeletonFileType = "unseg" | "trackshots";

/** What says what the file is; callers cannot change it. */
const OWN: ReadonlySet<string> = new Set(["fmt_type", "fmt_ver", "mode", "limbs", "legacy_skels"]);

/** Throws `TypeError` for names that are the writer's, and values that SkelShop's attributes cannot be. */
export function checkAttributes(attributes: SkeletonAttributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (OWN.has(name)) throw new TypeError(`${name} is stated by the writer`);
    if (!["string", "number", "bigint", "boolean"].includes(typeof value))
      throw new TypeError(`${name}: text, a number or a boolean is needed`);
  }
  const { num_frames: frames } = attributes;
  if (frames !== undefined && !(Number.isSafeInteger(frames) && frames >= 0))
    throw new TypeError(`num_frames: ${frames} is no number of frames`);
}

/** Sets the attributes of the file; those that tell what it is come first. */
export async function writeAttributes(
  root: Hdf5GroupWriter,
  type: SkeletonFileType,
  { mode, limbs, variant }: Skeleton,
  attributes: SkeletonAttributes,
): Promise<void> {
  const { op_ver: version } = attributes;
  const all: SkeletonAttributes = {
    fmt_type: type,
    fmt_ver: 1,
    mode,
    limbs,
    legacy_skels: variant === "legacy",
    skeldump_ver: `${type}=somakit`,
    ...attributes,
    op_ver: version === undefined ? undefined : String(version),
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) await root.setAttribute(name, value);
}
